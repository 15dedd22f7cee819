import { z } from 'zod';
import type { RedisConnection } from '../redis/connection.ts';
import { defineScript } from '../redis/script.ts';
import type { Replica, ReplicaRegistry } from './registry.ts';

export interface RedisReplicaRegistryOptions {
  readonly redis: RedisConnection;
  /** How long a replica is listed after its last heartbeat, in milliseconds. */
  readonly ttlMs?: number;
}

const replicaSchema = z.object({
  id: z.string(),
  version: z.string(),
  worker: z.boolean(),
  secretHash: z.string(),
  /** How the replica is notified of texts. Absent: by a channel for each generation, as in earlier releases. */
  notices: z.string().optional(),
});

// Removes expired replicas. KEYS: the expiry of each replica, its JSON. ARGV[1]: the TTL in milliseconds. Time is Redis's
// own clock. After that clock was set back, no entry may expire later than one that is registered now.
const removeExpired = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local latest = now + tonumber(ARGV[1])
  for _, ahead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', latest), '+inf')) do
    redis.call('ZADD', KEYS[1], latest, ahead)
  end
  for _, expired in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
    redis.call('ZREM', KEYS[1], expired)
    redis.call('HDEL', KEYS[2], expired)
  end`;

// ARGV: the TTL in milliseconds, the replica's id, its JSON.
const heartbeat = `
  ${removeExpired}
  redis.call('ZADD', KEYS[1], latest, ARGV[2])
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])`;

const remove = `
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])`;

const list = `
  ${removeExpired}
  return redis.call('HVALS', KEYS[2])`;

/** The registry of replicas that share one Redis. */
export const createRedisReplicaRegistry = ({
  redis,
  ttlMs = 15_000,
}: RedisReplicaRegistryOptions): ReplicaRegistry & {
  /** Whether a live replica is of a release before the common channel of notices. */
  hasEarlier(): Promise<boolean>;
} => {
  // The braces keep both keys in one hash slot of a cluster.
  const keys = [`${redis.prefix}{replicas}:until`, `${redis.prefix}{replicas}`];
  const nothing = () => {};
  const scripts = {
    heartbeat: defineScript(redis, { name: 'replicaHeartbeat', lua: heartbeat, keys: 2, reply: nothing }),
    remove: defineScript(redis, { name: 'replicaRemove', lua: remove, keys: 2, reply: nothing }),
    list: defineScript(redis, {
      name: 'replicaList',
      lua: list,
      keys: 2,
      reply: (answer) =>
        z
          .array(z.string())
          .parse(answer)
          .map((text) => replicaSchema.parse(JSON.parse(text))),
    }),
  };

  return {
    register(replica) {
      // Errors are ignored: the next heartbeat registers the replica once Redis is available again.
      const beat = () =>
        scripts
          .heartbeat(keys, [ttlMs, replica.id, JSON.stringify({ ...replica, notices: 'common' })])
          .catch(nothing);
      const timer = setInterval(beat, ttlMs / 3).unref();
      beat();
      return async () => {
        clearInterval(timer);
        await scripts.remove(keys, [replica.id]).catch(nothing);
      };
    },
    async list() {
      const found = await scripts.list(keys, [ttlMs]);
      return found.map(({ notices: _notices, ...replica }): Replica => replica);
    },
    async hasEarlier() {
      const found = await scripts.list(keys, [ttlMs]);
      return found.some(({ notices }) => notices !== 'common');
    },
  };
};
