import type { RedisConnection } from './connection.ts';
import { defineScript } from './script.ts';

/**
 * Acquires a lease for work that one replica does for all. Resolves to whether it was acquired; no replica acquires it again
 * for `forMs` milliseconds. Rejects with `SERVICE_UNAVAILABLE` while Redis is unavailable.
 */
export type Lease = (name: string, forMs: number) => Promise<boolean>;

// KEYS[1]: the start and the end of the lease, in ms of Redis's clock. The start detects a clock that was set back, which
// would prolong the lease if only a key's expiry ended it.
// ARGV: the duration in ms. Returns whether the lease was acquired, 1 or 0.
const acquire = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local since, ends = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+)$')
  if since and now >= tonumber(since) and now < tonumber(ends) then return 0 end
  local value = string.format('%.0f %.0f', now, now + tonumber(ARGV[1]))
  redis.call('SET', KEYS[1], value, 'PX', ARGV[1])
  return 1`;

export const createRedisLease = (redis: RedisConnection): Lease => {
  const script = defineScript(redis, { name: 'leaseAcquire', lua: acquire, keys: 1, reply: Number });
  return async (name, forMs) => (await script([`${redis.prefix}lease:${name}`], [forMs])) === 1;
};
