/**
 * Runs pieces of work of many callers on the one event loop: one of each caller at a time, begun one in each round of the
 * loop, in turn. So a caller that asks for much at once makes itself wait, and others at most for one piece of its.
 */
export interface FairTurns {
  /** Resolves when it is the caller's turn, to what ends it. Idempotent. */
  next(caller: string): Promise<EndTurn>;
}

export type EndTurn = () => void;

export const createFairTurns = (): FairTurns => {
  /** Callers that wait and may begin, the next one first. */
  const ready = new Set<string>();
  /** What waits of a caller that has a turn or waits for one. */
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
