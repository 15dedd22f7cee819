import { z } from 'zod';
import type { RedisConnection } from '../redis/connection.ts';
import { defineScript } from '../redis/script.ts';
import type { Presence, Replica } from './registry.ts';

export interface RedisPresenceOptions {
  readonly redis: RedisConnection;
  /** How long a replica that died is counted yet, in milliseconds. */
  readonly lifetimeMs?: number;
}

const replica = z.object({
  id: z.string(),
  version: z.string(),
  worker: z.boolean(),
  secretHash: z.string(),
});

// KEYS: until when each is there, what each says. By Redis's own clock; where that was set back, nobody is there for
// longer than who announces itself now. ARGV[1]: for how long that is.
const sweep = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local latest = now + tonumber(ARGV[1])
  for _, ahead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', latest), '+inf')) do
    redis.call('ZADD', KEYS[1], latest, ahead)
  end
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
    redis.call('ZREM', KEYS[1], gone)
    redis.call('HDEL', KEYS[2], gone)
  end`;

// ARGV: for how long, id, what it says.
const announce = `
  ${sweep}
  redis.call('ZADD', KEYS[1], latest, ARGV[2])
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])`;

const leave = `
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])`;

const list = `
  ${sweep}
  return redis.call('HVALS', KEYS[2])`;

/** Of several replicas on one Redis. */
export const createRedisPresence = ({ redis, lifetimeMs = 15_000 }: RedisPresenceOptions): Presence => {
  // The braces keep both in one slot of a cluster.
  const keys = [`${redis.prefix}{replicas}:until`, `${redis.prefix}{replicas}`];
  const nothing = () => {};
  const scripts = {
    announce: defineScript(redis, { name: 'presenceAnnounce', lua: announce, keys: 2, reply: nothing }),
    leave: defineScript(redis, { name: 'presenceLeave', lua: leave, keys: 2, reply: nothing }),
    list: defineScript(redis, {
      name: 'presenceList',
      lua: list,
      keys: 2,
      reply: (answer) =>
        z
          .array(z.string())
          .parse(answer)
          .map((text): Replica => replica.parse(JSON.parse(text))),
    }),
  };

  return {
    join(one) {
      // Where Redis is away, the others hear of it when it is back.
      const tell = () => scripts.announce(keys, [lifetimeMs, one.id, JSON.stringify(one)]).catch(nothing);
      const telling = setInterval(tell, lifetimeMs / 3).unref();
      tell();
      return async () => {
        clearInterval(telling);
        await scripts.leave(keys, [one.id]).catch(nothing);
      };
    },
    replicas: () => scripts.list(keys, [lifetimeMs]),
  };
};
