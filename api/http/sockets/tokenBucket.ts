/** How much may come each second, and how much at once after a pause. */
export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Measures a pace. What was taken too much is a debt, which time pays off. */
export interface TokenBucket {
  take(amount: number): void;
  /** Until a second's worth may be taken again, in milliseconds; 0 while there is no debt. */
  waitMs(): number;
  /** Whether the debt is larger than a whole burst. */
  isFlooded(): boolean;
}

/** `clock` in milliseconds, and never set back. */
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
