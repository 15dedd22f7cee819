import { z } from 'zod';
import type { Rate } from '../config/values/rate.ts';
import type { RedisConnection } from '../redis/connection.ts';
import { defineScript } from '../redis/script.ts';
import type { Limits, RateResult } from './limits.ts';

export interface RedisLimitsDeps {
  readonly redis: RedisConnection;
  /** Returns an id that is unique among all replicas. */
  readonly nextId: () => string;
}

// KEYS[1]: a sorted set of the calls counted in the window, with the time of each in microseconds of Redis's clock.
// If that clock was set back, calls with a future time get the current time: they expire one window later, not hours
// later.
// ARGV: the limit, the window in microseconds, the call's id. Returns: allowed (1 or 0), remaining, reset in ms.
const consume = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')) do
    redis.call('ZADD', KEYS[1], now, id)
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
  local count = redis.call('ZCARD', KEYS[1])
  if count < limit then
    redis.call('ZADD', KEYS[1], now, ARGV[3])
    redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
    return { 1, limit - count - 1, math.ceil(window / 1000) }
  end
  local oldest = tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
  return { 0, 0, math.ceil((oldest + window - now) / 1000) }`;

// KEYS, ARGV and the result as above, but without the id. Read-only.
const peek = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
  local since = string.format('(%.0f', now - window)
  local count = redis.call('ZCOUNT', KEYS[1], since, '+inf')
  if count == 0 then return { 1, limit, 0 } end
  local edge
  if count < limit then
    edge = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
  else
    edge = redis.call('ZRANGEBYSCORE', KEYS[1], since, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  end
  local reset = math.ceil((math.min(tonumber(edge[2]), now) + window - now) / 1000)
  if count < limit then return { 1, limit - count, reset } end
  return { 0, 0, reset }`;

const replyShape = z.tuple([z.number(), z.number(), z.number()]);

/** Creates the rate limits of several replicas on one Redis. */
export const createRedisLimits = ({ redis, nextId }: RedisLimitsDeps): Limits => {
  const reply = (answer: unknown) => replyShape.parse(answer);
  const consumeScript = defineScript(redis, { name: 'limitConsume', lua: consume, keys: 1, reply });
  const peekScript = defineScript(redis, { name: 'limitPeek', lua: peek, keys: 1, reply });
  const keysOf = (key: string) => [`${redis.prefix}limit:${key}`];
  const resultOf = (
    [allowed, remaining, resetMs]: z.infer<typeof replyShape>,
    { count }: Rate,
  ): RateResult => ({ isAllowed: allowed === 1, limit: count, remaining, resetMs });

  return {
    async consume(key, rate) {
      return resultOf(await consumeScript(keysOf(key), [rate.count, rate.windowMs * 1000, nextId()]), rate);
    },
    async peek(key, rate) {
      return resultOf(await peekScript(keysOf(key), [rate.count, rate.windowMs * 1000]), rate);
    },
  };
};
