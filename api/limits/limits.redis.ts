import { z } from 'zod';
import type { RedisConnection } from '../redis/connection.ts';
import { defineScript } from '../redis/script.ts';
import type { Limits } from './limits.ts';

export interface RedisLimitsDeps {
  readonly redis: RedisConnection;
  /** Unique among all that is counted by all replicas. */
  readonly nextId: () => string;
}

// A sorted set for each key: what was let through, by when, in microseconds of Redis's own clock.
// Where that clock was set back, what it let through before counts as let through now: for one window more, not for as
// long as the clock was set back.
// Parts: how many, within how many microseconds, an id.
const take = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local most, window = tonumber(ARGV[1]), tonumber(ARGV[2])
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')) do
    redis.call('ZADD', KEYS[1], now, id)
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
  local taken = redis.call('ZCARD', KEYS[1])
  if taken < most then
    redis.call('ZADD', KEYS[1], now, ARGV[3])
    redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
    return { 1, most - taken - 1, math.ceil(window / 1000) }
  end
  local oldest = tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
  return { 0, 0, math.ceil((oldest + window - now) / 1000) }`;

const reply = z.tuple([z.number(), z.number(), z.number()]);

/** The limits of several replicas on one Redis. */
export const createRedisLimits = ({ redis, nextId }: RedisLimitsDeps): Limits => {
  const script = defineScript(redis, {
    name: 'limitTake',
    lua: take,
    keys: 1,
    reply: (answer) => reply.parse(answer),
  });
  return {
    async take(key, { count, windowMs }) {
      const parts = [count, windowMs * 1000, nextId()];
      const [allowed, remaining, resetMs] = await script([`${redis.prefix}limit:${key}`], parts);
      return { isAllowed: allowed === 1, limit: count, remaining, resetMs };
    },
  };
};
