import type { RedisConnection } from './connection.ts';
import { defineScript } from './script.ts';

/**
 * For what one replica does for all: whether it is this one's to do now. No other replica acquires it for `forMs`
 * milliseconds, done or not. Rejects with a `Failure` where Redis is unavailable.
 */
export type Lease = (name: string, forMs: number) => Promise<boolean>;

// The key holds since when and until when it is held, in milliseconds of Redis's own clock. An expiry of Redis alone
// would hold it for an hour longer where that clock was set back an hour.
// Parts: for how long.
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
