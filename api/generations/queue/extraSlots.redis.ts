import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import type { KeyOf } from './fairness.redis.ts';

/** How long the count of a replica is used that no longer renews it, in ms. */
const ttlMs = 5000;

// KEYS: counts of the replicas. ARGV: replica, its count, TTL. Returns the sum of all replicas.
const share = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({ count = tonumber(ARGV[2]), expires = now + ARGV[3] }))
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  local sum = 0
  local all = redis.call('HGETALL', KEYS[1])
  for index = 1, #all, 2 do
    local one = cjson.decode(all[index + 1])
    if one.expires < now then redis.call('HDEL', KEYS[1], all[index])
    else sum = sum + one.count end
  end
  return sum`;

/**
 * Stores how many jobs this replica runs beyond its slots, and returns the number of all replicas, by which the global limit
 * has to be higher. Call it about once a second.
 */
export const createExtraShare = (redis: RedisConnection, keyOf: KeyOf, replica: string) => {
  const run = defineScript(redis, { name: 'queueShareIdle', lua: share, keys: 1, reply: Number });
  return (count: number): Promise<number> => run([keyOf('idle')], [replica, count, ttlMs]);
};
