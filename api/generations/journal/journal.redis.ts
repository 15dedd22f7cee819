import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import type { Journal, JournalDelta, JournalEntry } from './journal.ts';
import { defineJournalScripts, encodeText, unit } from './scripts.redis.ts';

/** The TTL of an entry since it was last written, in milliseconds: what a crash leaves behind expires. */
const lifetimeMs = 60 * 60_000;
/** The TTL of the mark that an ended attempt leaves, in milliseconds. */
const markTtlMs = 10 * 60_000;

/** A longer piece is not published but read by who wants it, in UTF-16 code units: Redis's buffers are for small ones. */
const maxDeltaLength = 64 * 1024;

/** What is published: text as short as it goes, JSON with surrogates that stand alone escaped. */
const message = z.union([
  z.literal('changed'),
  z.tuple([z.literal('ended'), z.number()]),
  z.tuple([z.number(), z.number(), z.string(), z.number(), z.string()]),
]);

type Message = z.infer<typeof message>;
type DeltaMessage = Exclude<Message, string | readonly ['ended', number]>;

/**
 * The journal of several replicas on one Redis. What it does it does in one step there, and what several generations
 * flush in one tick of a replica travels together.
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
      lifetimeMs,
      attempt,
      status,
      encodeText(text),
      encodeText(thinking),
      onlyHigher,
    ]);

  return {
    begin: (id, entry) => put(id, entry, 1),
    setStatus: (id, attempt, status) =>
      scripts.setStatus(keysOf(id), [channelOf(id), lifetimeMs, attempt, status]),
    append: (id, delta) =>
      scripts.append(keysOf(id), [
        channelOf(id),
        lifetimeMs,
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
          const told = message.parse(payload);
          if (told === 'changed') listener.changed();
          else if (told[0] === 'ended') listener.ended(told[1]);
          else listener.delta(deltaOf(told));
        },
        missed: () => listener.changed(),
      }),
    end: (id, attempt) => {
      const ended: Message = ['ended', attempt];
      return scripts.end(keysOf(id), [channelOf(id), markTtlMs, attempt, JSON.stringify(ended)]);
    },
    listenerCount: () => pubSub.listenerCount(prefix),
    // The connection is closed by whoever opened it.
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
