/** Tasks that may wait, such as log lines of clients that disconnected all at once. */
export interface DeferredTasks {
  add(task: () => void): void;
  /** Runs all pending tasks now. */
  finish(): void;
}

/** Runs tasks in order, at most `perIteration` per iteration of the event loop, so that many of them don't block it. */
export const createDeferredTasks = (perIteration = 20): DeferredTasks => {
  const pending: (() => void)[] = [];
  let isScheduled = false;

  const schedule = (): void => {
    if (isScheduled || pending.length === 0) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      runNext(perIteration);
      schedule();
    });
  };

  const runNext = (count: number): void => {
    for (const task of pending.splice(0, count)) task();
  };

  return {
    add(task) {
      pending.push(task);
      schedule();
    },
    finish: () => runNext(pending.length),
  };
};
