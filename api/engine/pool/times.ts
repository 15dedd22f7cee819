/** The times of a pool, in milliseconds. */
export interface PoolTimes {
  /** How often a backend is asked for its models where nothing is amiss. */
  readonly probeMs: number;
  /** How long it may take to answer that. Two silences in a row and it is left. */
  readonly probeLimitMs: number;
  /** How soon it is asked where an answer is awaited and nothing comes. */
  readonly watchMs: number;
  /** How long a backend that failed is left alone: at first, and at most. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** How long a request may wait for a slot. */
  readonly waitMs: number;
  /** How long it may be that slots can't be counted before who waits is told so. */
  readonly uncountedMs: number;
  /**
   * How long a backend may take to the first token where it has the model in memory and there is another to ask. To
   * this comes `msPerToken` for each token of the prompt.
   */
  readonly firstTokenMs: number;
  readonly msPerToken: number;
}

export const poolTimes: PoolTimes = {
  probeMs: 5_000,
  probeLimitMs: 2_500,
  watchMs: 1_000,
  backoffMs: 1_000,
  maxBackoffMs: 10_000,
  waitMs: 120_000,
  uncountedMs: 5_000,
  firstTokenMs: 20_000,
  // A processor alone reads some twenty tokens of a prompt in a second where it has several to read.
  msPerToken: 50,
};
