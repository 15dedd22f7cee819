import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { LimitKind } from './__generated__/LimitHitRow_hit.graphql.ts';

/** Says who reached a limit, and the variable that sets it; null for a fixed limit. */
export interface Limit {
  readonly words: (who: ReactNode) => ReactNode;
  readonly variables: string | null;
}

const limits: Readonly<Record<string, Limit>> = {
  GENERATION_RATE: {
    words: (who) => <Trans>{who} asked for answers too often</Trans>,
    variables: 'RATE_LIMIT',
  },
  RUNNING: {
    words: (who) => <Trans>{who} asked for too many answers at once</Trans>,
    variables: 'RUNNING_LIMIT',
  },
  QUOTA: {
    words: (who) => <Trans>{who} used up a quota of tokens</Trans>,
    variables: 'QUOTA_DAY, QUOTA_MONTH',
  },
  STORAGE: { words: (who) => <Trans>{who} stored as much as allowed</Trans>, variables: 'STORAGE_LIMIT' },
  WRITE_RATE: {
    words: (who) => <Trans>{who} changed conversations too often</Trans>,
    variables: 'WRITE_LIMIT',
  },
  REQUEST_RATE: { words: (who) => <Trans>{who} sent too many requests</Trans>, variables: 'REQUEST_LIMIT' },
  ADDRESS_RATE: {
    words: (who) => <Trans>{who} sent too many requests, not signed in</Trans>,
    variables: 'ADDRESS_LIMIT',
  },
  CONNECTION_RATE: {
    words: (who) => <Trans>{who} opened connections too often</Trans>,
    variables: 'CALLER_LIMITS',
  },
  MESSAGE_RATE: { words: (who) => <Trans>{who} sent too many messages on sockets</Trans>, variables: null },
  SOCKETS: { words: (who) => <Trans>{who} opened too many sockets</Trans>, variables: 'CALLER_LIMITS' },
  STREAMS: { words: (who) => <Trans>{who} opened too many streams</Trans>, variables: 'CALLER_LIMITS' },
  OPERATIONS: {
    words: (who) => <Trans>{who} ran too many operations at once</Trans>,
    variables: 'CALLER_LIMITS',
  },
  BUFFERED_BYTES: {
    words: (who) => <Trans>{who} sent too much at once, or left too much unread</Trans>,
    variables: 'CALLER_LIMITS',
  },
  SIGN_IN: { words: (who) => <Trans>{who} failed too often to sign in</Trans>, variables: null },
} satisfies Record<Exclude<LimitKind, '%future added value'>, Limit>;

/** Returns a limit; of one that only a newer server knows, the words have its code. */
export const limitOf = (kind: string): Limit =>
  limits[kind] ?? {
    words: (who) => (
      <Trans>
        {who} ran into {kind}
      </Trans>
    ),
    variables: null,
  };
