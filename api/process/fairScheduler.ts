/**
 * Schedules the work of many callers on the event loop, round-robin: one piece of work per caller at a time, and one piece
 * per iteration of the loop. A caller with much work delays itself, and each other caller by at most one piece.
 */
export interface FairScheduler {
  /** Resolves when the caller may start a piece of work. Call the result when that work is done. */
  acquire(caller: string): Promise<Release>;
}

/** Ends a piece of work, so that the caller's next one may start. Idempotent. */
export type Release = () => void;

export const createFairScheduler = (): FairScheduler => {
  /** Callers whose next piece may start, the next one first. */
  const ready = new Set<string>();
  /** Pending work of each caller that is running or in `ready`. */
  const waiting = new Map<string, ((release: Release) => void)[]>();
  let isStarted = false;

  const start = (): void => {
    if (isStarted) return;
    isStarted = true;
    setImmediate(step);
  };

  const step = (): void => {
    const [caller] = ready;
    if (caller === undefined) {
      isStarted = false;
      return;
    }
    ready.delete(caller);
    let isReleased = false;
    waiting.get(caller)?.shift()?.(() => {
      if (isReleased) return;
      isReleased = true;
      if (waiting.get(caller)?.length === 0) waiting.delete(caller);
      else {
        ready.add(caller);
        start();
      }
    });
    setImmediate(step);
  };

  return {
    acquire(caller) {
      const { promise, resolve } = Promise.withResolvers<Release>();
      const queue = waiting.get(caller);
      if (queue) queue.push(resolve);
      else {
        waiting.set(caller, [resolve]);
        ready.add(caller);
        start();
      }
      return promise;
    },
  };
};
