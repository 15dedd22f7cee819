/** A limit that a caller can exceed. */
export type LimitKind =
  | 'GENERATION_RATE'
  | 'RUNNING'
  | 'QUOTA'
  | 'STORAGE'
  | 'WRITE_RATE'
  | 'REQUEST_RATE'
  | 'ADDRESS_RATE'
  | 'CONNECTION_RATE'
  | 'SIGN_IN'
  | 'MESSAGE_RATE'
  | 'SOCKETS'
  | 'STREAMS'
  | 'OPERATIONS'
  | 'BUFFERED_BYTES';

/** An event: a caller exceeded a limit. */
export interface LimitHit {
  readonly limit: LimitKind;
  /** The user; null for an anonymous caller. */
  readonly userId: string | null;
  /** The IP address of an anonymous caller; else null. */
  readonly address: string | null;
}

/** All hits of one caller at one limit. */
export interface LimitHitSummary extends LimitHit {
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/**
 * Stores the recent limit hits of all replicas, one summary for each caller and limit. A summary expires a day after its last
 * hit. Of more than `maxLimitHits` summaries, those with the oldest last hit are dropped. Rejects with
 * `SERVICE_UNAVAILABLE` while the store is unavailable.
 */
export interface LimitHitStore {
  /** Adds `count` hits to each summary, at the current time. */
  add(hits: readonly (LimitHit & { readonly count: number })[]): Promise<void>;
  /** Returns the summaries, the one with the latest hit first. */
  recent(): Promise<readonly LimitHitSummary[]>;
}

/** The maximum number of summaries. */
export const maxLimitHits = 500;

/** The time after its last hit when a summary expires, in ms. */
export const limitHitTtlMs = 86_400_000;

/** Returns the key of the summary that a hit belongs to. */
export const limitHitKey = ({ limit, userId, address }: LimitHit): string =>
  JSON.stringify([limit, userId, address]);

/** The inverse of `limitHitKey`. */
export const parseLimitHitKey = (key: string): LimitHit => {
  const [limit, userId, address] = JSON.parse(key);
  return { limit, userId, address };
};
