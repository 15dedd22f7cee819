/**
 * Schedules the work of many callers on the event loop: one piece per caller at a time, and one piece per round of the
 * loop, in turn. A caller with much work delays itself, and each other caller by at most one piece.
 */
export interface FairScheduler {
  /** Resolves when it is the caller's turn, to what ends it. Idempotent. */
  next(caller: string): Promise<EndTurn>;
}

export type EndTurn = () => void;

export const createFairScheduler = (): FairScheduler => {
  /** Callers whose next piece may start, the next one first. */
  const ready = new Set<string>();
  /** Pending work of each caller that has a turn or is in `ready`. */
  const waiting = new Map<string, ((end: EndTurn) => void)[]>();
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
    let isOver = false;
    waiting.get(caller)?.shift()?.(() => {
      if (isOver) return;
      isOver = true;
      if (waiting.get(caller)?.length === 0) waiting.delete(caller);
      else {
        ready.add(caller);
        start();
      }
    });
    setImmediate(step);
  };

  return {
    next(caller) {
      const { promise, resolve } = Promise.withResolvers<EndTurn>();
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
