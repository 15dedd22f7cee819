/**
 * Starts work of many callers on the one event loop: one piece in each round of the loop, each caller's in its turn. So a
 * caller that asks for much at once makes itself wait, and others at most for one piece of its.
 */
export interface FairTurns {
  /** Resolves when it is the caller's turn. */
  next(caller: string): Promise<void>;
}

export const createFairTurns = (): FairTurns => {
  /** Callers that wait, the next one first; an entry exists only while something waits. */
  const waiting = new Map<string, (() => void)[]>();
  let isStarted = false;

  const step = (): void => {
    const [next] = waiting;
    if (!next) {
      isStarted = false;
      return;
    }
    const [caller, queue] = next;
    waiting.delete(caller);
    queue.shift()?.();
    if (queue.length > 0) waiting.set(caller, queue);
    setImmediate(step);
  };

  return {
    next(caller) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const queue = waiting.get(caller) ?? [];
      queue.push(resolve);
      waiting.set(caller, queue);
      if (!isStarted) {
        isStarted = true;
        setImmediate(step);
      }
      return promise;
    },
  };
};
