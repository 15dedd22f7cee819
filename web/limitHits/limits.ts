import type { LimitKind } from './__generated__/LimitHitRow_hit.graphql.ts';

/** The name of a limit, and the variable that sets it; null for a fixed limit. */
export interface Limit {
  readonly words: string;
  readonly variables: string | null;
}

const limits: Readonly<Record<string, Limit>> = {
  GENERATION_RATE: { words: 'asked for answers too often', variables: 'RATE_LIMIT' },
  RUNNING: { words: 'asked for too many answers at once', variables: 'RUNNING_LIMIT' },
  QUOTA: { words: 'used up a quota of tokens', variables: 'QUOTA_DAY, QUOTA_MONTH' },
  STORAGE: { words: 'stored as much as allowed', variables: 'STORAGE_LIMIT' },
  WRITE_RATE: { words: 'changed conversations too often', variables: 'WRITE_LIMIT' },
  REQUEST_RATE: { words: 'sent too many requests', variables: 'REQUEST_LIMIT' },
  ADDRESS_RATE: { words: 'sent too many requests, not signed in', variables: 'ADDRESS_LIMIT' },
  CONNECTION_RATE: { words: 'opened connections too often', variables: 'CALLER_LIMITS' },
  MESSAGE_RATE: { words: 'sent too many messages on sockets', variables: null },
  SOCKETS: { words: 'opened too many sockets', variables: 'CALLER_LIMITS' },
  STREAMS: { words: 'opened too many streams', variables: 'CALLER_LIMITS' },
  OPERATIONS: { words: 'ran too many operations at once', variables: 'CALLER_LIMITS' },
  BUFFERED_BYTES: { words: 'sent too much at once, or left too much unread', variables: 'CALLER_LIMITS' },
  SIGN_IN: { words: 'failed too often to sign in', variables: null },
} satisfies Record<Exclude<LimitKind, '%future added value'>, Limit>;

/** Returns the name of a limit; for one that only a newer server knows, its code in words. */
export const limitOf = (kind: string): Limit =>
  limits[kind] ?? { words: `ran into ${kind}`, variables: null };
