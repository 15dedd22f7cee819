import type { BackendSlot, BackendSlots } from './backendSlots.ts';

/** The backend slots of a service that runs as one process. */
export const createMemoryBackendSlots = (): BackendSlots => {
  const held = new Map<string, Set<BackendSlot>>();
  /** The places that wait, with their backends. */
  const waiting = new Map<string, readonly string[]>();
  const listeners = new Set<() => void>();

  const notify = () => {
    for (const listener of listeners) listener();
  };

  const runningAt = (backend: string) => held.get(backend)?.size ?? 0;

  const grant = (backend: string): BackendSlot => {
    const slot: BackendSlot = {
      backend,
      async release() {
        const slots = held.get(backend);
        if (!slots?.delete(slot)) return;
        if (slots.size === 0) held.delete(backend);
        notify();
      },
    };
    held.set(backend, (held.get(backend) ?? new Set()).add(slot));
    return slot;
  };

  /** The number of places that wait at a backend before this one. */
  const aheadAt = (backend: string, place: string | undefined) => {
    let ahead = 0;
    for (const [other, backends] of waiting) {
      if ((place === undefined || other < place) && backends.includes(backend)) ahead += 1;
    }
    return ahead;
  };

  /** Others may use what this place left free. */
  const endWait = (place: string) => {
    if (waiting.delete(place)) notify();
  };

  return {
    async acquire(groups, limit, place) {
      for (const group of groups) {
        const [first, ...others] = group.filter(
          (backend) => runningAt(backend) + aheadAt(backend, place) < limit,
        );
        if (first === undefined) continue;
        const slot = grant(
          others.reduce((best, next) => (runningAt(next) < runningAt(best) ? next : best), first),
        );
        if (place !== undefined) endWait(place);
        return slot;
      }
      if (place !== undefined) waiting.set(place, groups.flat());
      return null;
    },
    leave: async (place) => endWait(place),
    onRelease(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      held.clear();
      waiting.clear();
      listeners.clear();
    },
  };
};
