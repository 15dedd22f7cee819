import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import type { Journal, JournalDelta, JournalEntry } from './journal.ts';
import { defineJournalScripts, encodeText, unit } from './scripts.redis.ts';

/** The TTL of an entry after its last write, in ms: an entry that a crash left expires. */
const entryTtlMs = 60 * 60_000;
/** The TTL of the mark that an ended attempt leaves, in ms. */
const markTtlMs = 10 * 60_000;

/**
 * The maximum length of a published delta, in UTF-16 code units. Readers read a longer one from the entry, because Redis
 * limits its pub/sub buffers.
 */
const maxDeltaLength = 64 * 1024;

/** The published messages: short, and JSON, which escapes lone surrogates. */
const message = z.union([
  z.literal('changed'),
  z.tuple([z.literal('ended'), z.number()]),
  z.tuple([z.number(), z.number(), z.string(), z.number(), z.string()]),
]);

type Message = z.infer<typeof message>;
type DeltaMessage = Exclude<Message, string | readonly ['ended', number]>;

/**
 * Creates the journal of several replicas on one Redis. Each method is one atomic script. The flushes of several generations
 * in one tick of a replica share one write to the socket.
 */
export const createRedisJournal = (redis: RedisConnection): Journal => {
  const { pubSub } = redis;
  const prefix = `${redis.prefix}generation:`;
  const scripts = defineJournalScripts(redis);
  // The braces keep an entry in one slot of a cluster.
  const channelOf = (id: string) => `${prefix}{${id}}`;
  const keysOf = (id: string) => [channelOf(id), `${channelOf(id)}:text`, `${channelOf(id)}:thinking`];

  const put = (id: string, { attempt, status, text, thinking }: JournalEntry, onlyHigher: 0 | 1) =>
    scripts.put(keysOf(id), [
      channelOf(id),
      entryTtlMs,
      attempt,
      status,
      encodeText(text),
      encodeText(thinking),
      onlyHigher,
    ]);

  return {
    begin: (id, entry) => put(id, entry, 1),
    setStatus: (id, attempt, status) =>
      scripts.setStatus(keysOf(id), [channelOf(id), entryTtlMs, attempt, status]),
    append: (id, delta) =>
      scripts.append(keysOf(id), [
        channelOf(id),
        entryTtlMs,
        delta.attempt,
        delta.offset * unit,
        encodeText(delta.delta),
        delta.thinkingOffset * unit,
        encodeText(delta.thinkingDelta),
        JSON.stringify(messageOf(delta)),
      ]),
    restore: (id, entry) => put(id, entry, 0),
    read: (id) => scripts.read(keysOf(id), []),
    listen: (id, listener) =>
      pubSub.subscribe(channelOf(id), {
        message(payload) {
          const parsed = message.parse(payload);
          if (parsed === 'changed') listener.changed();
          else if (parsed[0] === 'ended') listener.ended(parsed[1]);
          else listener.delta(deltaOf(parsed));
        },
        missed: () => listener.changed(),
      }),
    end: (id, attempt) => {
      const ended: Message = ['ended', attempt];
      return scripts.end(keysOf(id), [channelOf(id), markTtlMs, attempt, JSON.stringify(ended)]);
    },
    listenerCount: () => pubSub.listenerCount(prefix),
    // The caller opened the connection and closes it.
    close: async () => {},
  };
};

const messageOf = ({ attempt, offset, delta, thinkingOffset, thinkingDelta }: JournalDelta): Message =>
  delta.length + thinkingDelta.length > maxDeltaLength
    ? 'changed'
    : [attempt, offset, delta, thinkingOffset, thinkingDelta];

const deltaOf = ([attempt, offset, delta, thinkingOffset, thinkingDelta]: DeltaMessage): JournalDelta => ({
  attempt,
  offset,
  delta,
  thinkingOffset,
  thinkingDelta,
});
