import type { BackendSlot, BackendSlots } from './backendSlots.ts';

/** The backend slots of a service that runs as one process. */
export const createMemoryBackendSlots = (): BackendSlots => {
  const held = new Map<string, Set<BackendSlot>>();
  const listeners = new Set<() => void>();

  const runningAt = (backend: string) => held.get(backend)?.size ?? 0;

  const grant = (backend: string): BackendSlot => {
    const slot: BackendSlot = {
      backend,
      async release() {
        const slots = held.get(backend);
        if (!slots?.delete(slot)) return;
        if (slots.size === 0) held.delete(backend);
        for (const listener of listeners) listener();
      },
    };
    held.set(backend, (held.get(backend) ?? new Set()).add(slot));
    return slot;
  };

  return {
    async acquire(groups, limit) {
      for (const group of groups) {
        const [first, ...others] = group.filter((backend) => runningAt(backend) < limit);
        if (first === undefined) continue;
        return grant(others.reduce((best, next) => (runningAt(next) < runningAt(best) ? next : best), first));
      }
      return null;
    },
    onRelease(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      held.clear();
      listeners.clear();
    },
  };
};
