/**
 * Schedules the tasks of many callers on the event loop, round-robin: one task per caller at a time, and one task per
 * iteration of the loop. A caller with many tasks delays itself, and each other caller by at most one task.
 */
export interface FairScheduler {
  /** Resolves when the caller may start a task. Call the result when the task is done. */
  acquire(caller: string): Promise<Release>;
}

/** Ends a task, so that the caller's next one may start. Idempotent. */
export type Release = () => void;

export const createFairScheduler = (): FairScheduler => {
  /** Callers whose next task may start, the next one first. */
  const ready = new Set<string>();
  /** Pending tasks of each caller that is running or in `ready`. */
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
