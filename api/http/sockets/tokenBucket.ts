/** The sustained rate per second, and the maximum burst. */
export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket whose level can become negative: a debt that is refilled over time. */
export interface TokenBucket {
  take(amount: number): void;
  /** Returns the time until a second's worth can be taken, in milliseconds; 0 without a debt. */
  waitMs(): number;
  /** Whether the debt is larger than a burst. */
  isFlooded(): boolean;
}

/** `clock`: monotonic, in milliseconds. */
export const createTokenBucket = (
  { perSecond, burst }: BucketRate,
  clock = () => performance.now(),
): TokenBucket => {
  let level = burst;
  let at = clock();

  const refill = () => {
    const now = clock();
    level = Math.min(burst, level + ((now - at) * perSecond) / 1000);
    at = now;
  };

  return {
    take(amount) {
      refill();
      level -= amount;
    },
    waitMs() {
      refill();
      return level >= 0 ? 0 : Math.ceil(((perSecond - level) * 1000) / perSecond);
    },
    isFlooded() {
      refill();
      return level < -burst;
    },
  };
};
