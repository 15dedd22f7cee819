import type { BackendSlot, BackendSlots } from './backendSlots.ts';

/** The backendSlots of a service that is one process. */
export const createMemoryBackendSlots = (): BackendSlots => {
  const held = new Map<string, Set<BackendSlot>>();
  const listeners = new Set<() => void>();

  const running = (backend: string) => held.get(backend)?.size ?? 0;

  const lend = (backend: string): BackendSlot => {
    const lease: BackendSlot = {
      backend,
      async release() {
        const backendSlots = held.get(backend);
        if (!backendSlots?.delete(lease)) return;
        if (backendSlots.size === 0) held.delete(backend);
        for (const listener of listeners) listener();
      },
    };
    held.set(backend, (held.get(backend) ?? new Set()).add(lease));
    return lease;
  };

  return {
    async acquire(groups, limit) {
      for (const group of groups) {
        const [first, ...others] = group.filter((backend) => running(backend) < limit);
        if (first === undefined) continue;
        return lend(others.reduce((least, next) => (running(next) < running(least) ? next : least), first));
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
