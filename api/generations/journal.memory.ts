import type { Journal, JournalEntry, JournalListener } from './journal.ts';

/** The journal of a service that is one process. */
export const createMemoryJournal = (): Journal => {
  const entries = new Map<string, JournalEntry>();
  const listeners = new Map<string, Set<JournalListener>>();
  const tell = (id: string, act: (listener: JournalListener) => void) => {
    for (const listener of listeners.get(id) ?? []) act(listener);
  };

  return {
    async begin(id, entry) {
      if ((entries.get(id)?.attempt ?? 0) >= entry.attempt) return;
      entries.set(id, entry);
      tell(id, (listener) => listener.changed());
    },
    async setStatus(id, status) {
      const entry = entries.get(id);
      if (!entry || entry.status === status) return;
      entries.set(id, { ...entry, status });
      tell(id, (listener) => listener.changed());
    },
    async append(id, delta) {
      const entry = entries.get(id);
      if (entry && entry.attempt > delta.attempt) return 'superseded';
      if (entry?.attempt !== delta.attempt || entry.text.length !== delta.offset) return 'mismatch';
      if (entry.thinking.length !== delta.thinkingOffset) return 'mismatch';
      const text = entry.text + delta.delta;
      const thinking = entry.thinking + delta.thinkingDelta;
      entries.set(id, { ...entry, text, thinking });
      tell(id, (listener) => listener.delta(delta));
      return 'appended';
    },
    async restore(id, entry) {
      if ((entries.get(id)?.attempt ?? 0) > entry.attempt) return;
      entries.set(id, entry);
      tell(id, (listener) => listener.changed());
    },
    async read(id) {
      return entries.get(id) ?? null;
    },
    async listen(id, listener) {
      const those = listeners.get(id) ?? new Set();
      listeners.set(id, those.add(listener));
      return async () => {
        those.delete(listener);
        if (those.size === 0 && listeners.get(id) === those) listeners.delete(id);
      };
    },
    async end(id) {
      entries.delete(id);
      tell(id, (listener) => listener.ended());
    },
    listenerCount: () => [...listeners.values()].reduce((sum, those) => sum + those.size, 0),
    async close() {
      entries.clear();
      listeners.clear();
    },
  };
};
