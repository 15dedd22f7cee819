/**
 * Schedules the tasks of many callers on the event loop, round-robin: one task per caller at a time, and one task per
 * iteration of the loop. A caller with many tasks delays itself, and each other caller by at most one task. Callers belong to
 * groups, which are scheduled round-robin too: any number of anonymous addresses delays a user by at most one task.
 */
export interface FairScheduler {
  /** Resolves when the caller may start a task. Call the result when the task is done. */
  acquire(caller: string, group?: string): Promise<Release>;
}

/** Ends a task, so that the caller's next one may start. Idempotent. */
export type Release = () => void;

interface Pending {
  readonly name: string;
  readonly group: string;
  readonly tasks: ((release: Release) => void)[];
}

export const createFairScheduler = (): FairScheduler => {
  /** Callers whose next task may start, by group; the next group and the next caller first. */
  const ready = new Map<string, Set<Pending>>();
  /** Callers with tasks that run or are in `ready`. */
  const waiting = new Map<string, Pending>();
  let isStarted = false;

  const start = (caller: Pending): void => {
    const group = ready.get(caller.group) ?? new Set();
    ready.set(caller.group, group.add(caller));
    if (isStarted) return;
    isStarted = true;
    setImmediate(step);
  };

  /** Removes and returns the next caller, and moves its group to the end. */
  const next = (): Pending | undefined => {
    const [first] = ready;
    if (first === undefined) return undefined;
    const [name, callers] = first;
    const [caller] = callers;
    ready.delete(name);
    if (caller !== undefined) callers.delete(caller);
    if (callers.size > 0) ready.set(name, callers);
    return caller;
  };

  const step = (): void => {
    const caller = next();
    if (caller === undefined) {
      isStarted = false;
      return;
    }
    let isReleased = false;
    caller.tasks.shift()?.(() => {
      if (isReleased) return;
      isReleased = true;
      if (caller.tasks.length === 0) waiting.delete(caller.name);
      else start(caller);
    });
    setImmediate(step);
  };

  return {
    acquire(name, group = '') {
      const { promise, resolve } = Promise.withResolvers<Release>();
      const caller = waiting.get(name);
      if (caller) caller.tasks.push(resolve);
      else {
        const added = { name, group, tasks: [resolve] };
        waiting.set(name, added);
        start(added);
      }
      return promise;
    },
  };
};
