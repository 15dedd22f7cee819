/** The intervals and timeouts of a pool, in ms. */
export interface PoolTimes {
  /** The interval between two probes of a healthy backend. A probe lists its models. */
  readonly probeMs: number;
  /** The timeout of a probe. Two timeouts in a row make the backend unreachable. */
  readonly probeLimitMs: number;
  /** The interval between two probes while a request waits for a chunk and none arrives. */
  readonly watchMs: number;
  /** The pause before a failed backend is tried again: the first one, and the cap of the later ones. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** How long a request may wait for a slot. */
  readonly waitMs: number;
  /** How long the count of slots may be unavailable before waiting requests fail. */
  readonly uncountedMs: number;
  /**
   * The timeout of the first token, if the backend has the model loaded and another backend can take over. Each token of
   * the prompt adds `msPerToken`.
   */
  readonly firstTokenMs: number;
  readonly msPerToken: number;
}

export const defaultTimes: PoolTimes = {
  probeMs: 5_000,
  probeLimitMs: 2_500,
  watchMs: 1_000,
  backoffMs: 1_000,
  maxBackoffMs: 10_000,
  waitMs: 120_000,
  uncountedMs: 5_000,
  firstTokenMs: 20_000,
  // A CPU without a GPU evaluates about twenty prompt tokens per second when it has several prompts.
  msPerToken: 50,
};
