/** Tasks that may wait, such as log lines of clients that disconnected all at once. */
export interface DeferredTasks {
  add(task: () => void): void;
  /** Runs all pending tasks now. */
  finish(): void;
}

/** Runs tasks in order, at most `perIteration` per iteration of the event loop, so that many of them don't block it. */
export const createDeferredTasks = (perIteration = 20): DeferredTasks => {
  let pending: (() => void)[] = [];
  /** The index of the next task in `pending`. */
  let next = 0;
  let scheduled: NodeJS.Immediate | null = null;

  const run = (): void => {
    scheduled = null;
    const end = Math.min(next + perIteration, pending.length);
    while (next < end) {
      const task = pending[next];
      next += 1;
      task?.();
    }
    if (next < pending.length) {
      scheduled = setImmediate(run);
      return;
    }
    pending = [];
    next = 0;
  };

  return {
    add(task) {
      pending.push(task);
      scheduled ??= setImmediate(run);
    },
    finish() {
      if (scheduled) clearImmediate(scheduled);
      scheduled = null;
      const rest = pending.slice(next);
      pending = [];
      next = 0;
      for (const task of rest) task();
    },
  };
};
