/** A larger step back corrects a clock that was wrong, and is followed at once; in ms. */
const maxAheadMs = 24 * 60 * 60_000;

/**
 * Creates a clock of the time of day that never goes back while the process runs. If the machine's clock is set back by up
 * to a day, this clock runs at half speed until the other one has caught up. So no quota day repeats, no message is older
 * than its predecessor, and no limit lasts an hour longer. `wall` is in ms since 1970; `elapsed` is monotonic, in ms.
 */
export const createSteadyClock = (
  wall = () => Date.now(),
  elapsed = () => performance.now(),
): (() => Date) => {
  let lastTime = wall();
  let lastElapsed = elapsed();
  return () => {
    const [now, elapsedNow] = [wall(), elapsed()];
    const isBehind = now < lastTime && lastTime - now <= maxAheadMs;
    lastTime = isBehind ? lastTime + (elapsedNow - lastElapsed) / 2 : now;
    lastElapsed = elapsedNow;
    return new Date(lastTime);
  };
};
