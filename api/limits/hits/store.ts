/** A limit that a caller can exceed. */
export type LimitKind =
  | 'GENERATION_RATE'
  | 'RUNNING'
  | 'QUOTA'
  | 'STORAGE'
  | 'WRITE_RATE'
  | 'REQUEST_RATE'
  | 'ADDRESS_RATE'
  | 'SIGN_IN'
  | 'MESSAGE_RATE'
  | 'SOCKETS'
  | 'STREAMS'
  | 'OPERATIONS'
  | 'BUFFERED_BYTES';

/** Who ran into which limit. */
export interface LimitHit {
  readonly limit: LimitKind;
  /** Null where nobody is signed in. */
  readonly userId: string | null;
  /** IP address, where nobody is signed in; else null. */
  readonly address: string | null;
}

/** The same, all its times together. */
export interface LimitHitSummary extends LimitHit {
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/**
 * Who ran into which limit lately, on all replicas together: once for each who and which, however often. Forgotten are
 * those who have not for a day, and of more than `maxLimitHits` those longest ago. Rejects with `SERVICE_UNAVAILABLE` where
 * that can't be known.
 */
export interface LimitHitStore {
  /** So many more of each, just now. */
  add(hits: readonly (LimitHit & { readonly count: number })[]): Promise<void>;
  /** The newest first. */
  recent(): Promise<readonly LimitHitSummary[]>;
}

export const maxLimitHits = 500;

/** In milliseconds. */
export const limitHitTtlMs = 86_400_000;

/** The same for the same who and which. */
export const limitHitKey = ({ limit, userId, address }: LimitHit): string =>
  JSON.stringify([limit, userId, address]);

/** The inverse. */
export const parseLimitHitKey = (key: string): LimitHit => {
  const [limit, userId, address] = JSON.parse(key);
  return { limit, userId, address };
};
