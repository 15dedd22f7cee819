/**
 * Schedules the work of many callers on the event loop, round-robin: one piece of work per caller at a time, and one piece
 * per iteration of the loop. A caller with much work delays itself, and each other caller by at most one piece. Callers are
 * in groups that take turns, too: any number of anonymous addresses delays a user by no more than one of them does.
 */
export interface FairScheduler {
  /** Resolves when the caller may start a piece of work. Call the result when that work is done. */
  acquire(caller: string, group?: string): Promise<Release>;
}

/** Ends a piece of work, so that the caller's next one may start. Idempotent. */
export type Release = () => void;

interface Pending {
  readonly name: string;
  readonly group: string;
  readonly work: ((release: Release) => void)[];
}

export const createFairScheduler = (): FairScheduler => {
  /** Callers whose next piece may start, by group; the next group and the next caller first. */
  const ready = new Map<string, Set<Pending>>();
  /** Callers with work that is running or in `ready`. */
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
    caller.work.shift()?.(() => {
      if (isReleased) return;
      isReleased = true;
      if (caller.work.length === 0) waiting.delete(caller.name);
      else start(caller);
    });
    setImmediate(step);
  };

  return {
    acquire(name, group = '') {
      const { promise, resolve } = Promise.withResolvers<Release>();
      const caller = waiting.get(name);
      if (caller) caller.work.push(resolve);
      else {
        const added = { name, group, work: [resolve] };
        waiting.set(name, added);
        start(added);
      }
      return promise;
    },
  };
};
