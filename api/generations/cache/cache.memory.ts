import { LRUCache } from 'lru-cache';
import type { CachedAnswer, Leader, ResponseCache } from './cache.ts';

/** The maximum size of all answers together, in bytes. */
const maxBytes = 64 * 1024 * 1024;
/** The maximum number of leaders. Past it, the least recently used ones are evicted. */
const maxLeaders = 10_000;

export interface MemoryCacheOptions {
  /** The TTL of an answer, in ms. */
  readonly ttlMs: number;
}

/** Creates the cache of a service that is one process. */
export const createMemoryCache = ({ ttlMs }: MemoryCacheOptions): ResponseCache => {
  const answers = new LRUCache<string, CachedAnswer>({
    maxSize: maxBytes,
    sizeCalculation: sizeOf,
    ttl: ttlMs,
  });
  const leaders = new LRUCache<string, Leader>({ max: maxLeaders });
  /** The key that a generation leads, by its id. */
  const led = new LRUCache<string, string>({ max: maxLeaders });

  const release = (key: string, leaderId: string) => {
    if (leaders.get(key)?.id === leaderId) leaders.delete(key);
  };

  return {
    find: async (key) => answers.get(key) ?? null,
    async lead(key, leader, force) {
      const present = force ? undefined : leaders.get(key);
      if (present) return present;
      leaders.set(key, leader);
      led.set(leader.id, key);
      return leader;
    },
    async settle(id, answer) {
      const key = led.get(id);
      if (key === undefined) return;
      led.delete(id);
      if (answer) answers.set(key, answer);
      release(key, id);
    },
    release: async (key, leaderId) => release(key, leaderId),
  };
};

/** Returns the approximate size in memory, in bytes: two for each character. */
const sizeOf = ({ text, thinking, toolCalls }: CachedAnswer): number =>
  200 + 2 * (text.length + thinking.length + (toolCalls ? JSON.stringify(toolCalls).length : 0));
