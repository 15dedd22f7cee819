/** Whole milliseconds of a clock that never goes back, whatever the clock of the machine is set to. For durations alone. */
export const monotonicMs = (): number => Math.floor(performance.now());
