/** A step back of more than this corrects a clock that was wrong, in milliseconds: it is followed at once. */
const maxAheadMs = 24 * 60 * 60_000;

/**
 * The time of day, which does not go back while the process runs: where the clock of the machine was set back by up to a
 * day, time goes on at half its speed until the clock has caught up. So no day of a quota comes twice, no message is
 * older than the one before, and nobody waits for an hour that was there already. `wall` in milliseconds since 1970;
 * `elapsed` in milliseconds that never go back.
 */
export const createSteadyClock = (
  wall = () => Date.now(),
  elapsed = () => performance.now(),
): (() => Date) => {
  let told = wall();
  let toldAt = elapsed();
  return () => {
    const [now, at] = [wall(), elapsed()];
    const isBehind = now < told && told - now <= maxAheadMs;
    told = isBehind ? told + (at - toldAt) / 2 : now;
    toldAt = at;
    return new Date(told);
  };
};
