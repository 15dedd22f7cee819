import { LRUCache } from 'lru-cache';
import type { GenerationStatus } from '../generation.ts';
import type { Blocked, Journal, JournalEntry, JournalListener } from './journal.ts';

/** The TTL of the mark that an ended attempt leaves, in ms, and the maximum number of marks. */
const markTtlMs = 10 * 60_000;
const maxMarks = 10_000;

/** Creates the journal of a service that is one process. */
export const createMemoryJournal = (): Journal => {
  const entries = new Map<string, JournalEntry>();
  /** The highest attempt that ended, by generation. */
  const marks = new LRUCache<string, number>({ max: maxMarks, ttl: markTtlMs });
  const listeners = new Map<string, Set<JournalListener>>();
  const notify = (id: string, call: (listener: JournalListener) => void) => {
    for (const listener of [...(listeners.get(id) ?? [])]) call(listener);
  };
  const attemptOf = (id: string): number => entries.get(id)?.attempt ?? 0;
  const endedAttempt = (id: string): number => marks.get(id) ?? 0;

  const put = (id: string, entry: JournalEntry): Blocked => {
    const { attempt } = entry;
    if (endedAttempt(id) >= attempt) return endedAttempt(id);
    if (attemptOf(id) > attempt) return attemptOf(id);
    entries.set(id, entry);
    notify(id, (listener) => listener.changed());
    return null;
  };

  const setStatus = (id: string, attempt: number, status: GenerationStatus): void => {
    const entry = entries.get(id);
    if (entry?.attempt !== attempt || entry.status === status) return;
    entries.set(id, { ...entry, status });
    notify(id, (listener) => listener.changed());
  };

  return {
    async begin(id, entry) {
      const { attempt, status } = entry;
      if (attemptOf(id) !== attempt) return put(id, entry);
      if (entries.get(id)?.status === 'QUEUED') setStatus(id, attempt, status);
      return null;
    },
    async setStatus(id, attempt, status) {
      setStatus(id, attempt, status);
    },
    async append(id, delta) {
      const entry = entries.get(id);
      if (attemptOf(id) > delta.attempt || endedAttempt(id) >= delta.attempt) return 'superseded';
      if (entry?.attempt !== delta.attempt || entry.text.length !== delta.offset) return 'mismatch';
      if (entry.thinking.length !== delta.thinkingOffset) return 'mismatch';
      const text = entry.text + delta.delta;
      const thinking = entry.thinking + delta.thinkingDelta;
      entries.set(id, { ...entry, text, thinking });
      notify(id, (listener) => listener.delta(delta));
      return 'appended';
    },
    async restore(id, entry) {
      return put(id, entry);
    },
    async read(id) {
      return entries.get(id) ?? null;
    },
    async listen(id, listener) {
      const own = listeners.get(id) ?? new Set();
      listeners.set(id, own.add(listener));
      return async () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(id) === own) listeners.delete(id);
      };
    },
    async end(id, attempt) {
      if (attemptOf(id) > attempt || endedAttempt(id) > attempt) return;
      entries.delete(id);
      marks.set(id, attempt);
      notify(id, (listener) => listener.ended(attempt));
    },
    listenerCount: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
    async close() {
      entries.clear();
      marks.clear();
      listeners.clear();
    },
  };
};
