import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import type { CachedAnswer, ResponseCache } from './cache.ts';

/** The maximum size of a cached answer, in bytes of JSON. */
const maxBytes = 1024 * 1024;
/** The TTL of a lead that is never settled, in ms. */
const leadTtlMs = 60 * 60_000;

export interface RedisCacheOptions {
  readonly redis: RedisConnection;
  /** The TTL of an answer, in ms. */
  readonly ttlMs: number;
}

const leader = z.object({ id: z.string(), ownerId: z.string() });

// Not validated: only this file writes it.
const answerOf = (text: string): CachedAnswer => JSON.parse(text);

// KEYS: leader. ARGV: the leader as JSON, its TTL in ms, 1 to replace a present leader.
const lead = `
  if ARGV[3] == '0' then
    local present = redis.call('GET', KEYS[1])
    if present then return present end
  end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return ARGV[1]`;

// KEYS: leader. ARGV: a generation's id.
const release = `
  local present = redis.call('GET', KEYS[1])
  if present and cjson.decode(present).id == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

/** Creates the cache of several replicas on one Redis. */
export const createRedisCache = ({ redis, ttlMs }: RedisCacheOptions): ResponseCache => {
  const prefix = `${redis.prefix}cache:`;
  const answerAt = (key: string) => `${prefix}${key}`;
  const leaderAt = (key: string) => `${prefix}${key}:leader`;
  const ledAt = (id: string) => `${prefix}led:${id}`;
  const scripts = {
    lead: defineScript(redis, {
      name: 'cacheLead',
      lua: lead,
      keys: 1,
      reply: (answer) => leader.parse(JSON.parse(String(answer))),
    }),
    release: defineScript(redis, { name: 'cacheRelease', lua: release, keys: 1, reply: () => {} }),
  };

  return {
    async find(key) {
      const found = await redis.ask((client) => client.get(answerAt(key)));
      return found === null ? null : answerOf(found);
    },
    async lead(key, candidate, force) {
      const present = await scripts.lead(
        [leaderAt(key)],
        [JSON.stringify(candidate), leadTtlMs, force ? 1 : 0],
      );
      if (present.id === candidate.id)
        await redis.ask((client) => client.set(ledAt(candidate.id), key, 'PX', leadTtlMs));
      return present;
    },
    async settle(id, answer) {
      const key = await redis.ask((client) => client.getdel(ledAt(id)));
      if (key === null) return;
      const text = answer && JSON.stringify(answer);
      if (text !== null && Buffer.byteLength(text) <= maxBytes) {
        await redis.ask((client) => client.set(answerAt(key), text, 'PX', ttlMs));
      }
      await scripts.release([leaderAt(key)], [id]);
    },
    release: (key, leaderId) => scripts.release([leaderAt(key)], [leaderId]),
  };
};
