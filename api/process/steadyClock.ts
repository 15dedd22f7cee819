/** A step back of more than this corrects a clock that was wrong, in milliseconds: it is followed at once. */
const maxAheadMs = 24 * 60 * 60_000;

/**
 * Creates a clock of the time of day that never goes back while the process runs. After the machine's clock was set back
 * by up to a day, it runs at half speed until the machine's clock has caught up. So no quota day comes twice, no message
 * is older than the one before it, and no limit lasts an hour longer. `wall` is in ms since 1970, `elapsed` is monotonic,
 * in ms.
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
