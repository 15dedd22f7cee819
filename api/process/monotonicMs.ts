/** Returns the time of a monotonic clock in whole ms, independent of the machine's clock. Use it for durations only. */
export const monotonicMs = (): number => Math.floor(performance.now());
