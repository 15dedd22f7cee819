import type { RedisConnection } from '../../redis/connection.ts';
import { createAppends } from './appends.redis.ts';
import { withEarlierReplicas } from './earlierNotices.redis.ts';
import type { EarlierReplicas } from './earlierReplicas.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { changedNotice, createNotices, endedNotice } from './notices.redis.ts';
import { defineJournalScripts, encodeText } from './scripts.redis.ts';

/** The TTL of an entry after its last write, in ms: an entry that a crash left expires. */
const entryTtlMs = 60 * 60_000;
/** The TTL of the mark that an ended attempt leaves, in ms. */
const markTtlMs = 10 * 60_000;

/**
 * Creates the journal of several replicas on one Redis. Each method is one atomic script. The appends of all generations
 * in one tick of a replica are one script and one message. With `earlierReplicas`, it understands replicas of the release
 * before the common channel.
 */
export const createRedisJournal = (
  redis: RedisConnection,
  earlierReplicas: EarlierReplicas | null = null,
): Journal => {
  const prefix = `${redis.prefix}generation:`;
  const channel = `${redis.prefix}generations`;
  const scripts = defineJournalScripts(redis);
  const notices = createNotices(redis, channel);
  // The braces keep an entry in one slot of a cluster.
  const keyOf = (id: string) => `${prefix}{${id}}`;
  const keysOf = (id: string) => [keyOf(id), `${keyOf(id)}:text`, `${keyOf(id)}:thinking`];

  const put = (id: string, { attempt, status, text, thinking }: JournalEntry, onlyHigher: 0 | 1) =>
    scripts.put(keysOf(id), [
      channel,
      entryTtlMs,
      attempt,
      status,
      encodeText(text),
      encodeText(thinking),
      onlyHigher,
      changedNotice(id),
    ]);

  const journal: Journal = {
    begin: (id, entry) => put(id, entry, 1),
    setStatus: (id, attempt, status) =>
      scripts.setStatus(keysOf(id), [channel, entryTtlMs, attempt, status, changedNotice(id)]),
    append: createAppends(redis, { append: scripts.append, channel, ttlMs: entryTtlMs, keysOf }),
    restore: (id, entry) => put(id, entry, 0),
    read: (id) => scripts.read(keysOf(id), []),
    listen: notices.listen,
    end: (id, attempt) => scripts.end(keysOf(id), [channel, markTtlMs, attempt, endedNotice(id, attempt)]),
    listenerCount: notices.listenerCount,
    // The caller opened the connection and closes it.
    close: async () => {},
  };
  return earlierReplicas ? withEarlierReplicas(journal, redis, earlierReplicas, keyOf) : journal;
};
