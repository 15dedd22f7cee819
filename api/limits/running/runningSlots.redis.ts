import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import { type Holder, type RunningSlots, runningSlotTtlMs } from './runningSlots.ts';

// KEYS[1]: a sorted set of the holders, by the times when they acquired their slots, in ms of Redis's clock.
// If that clock was set back, slots acquired before count as acquired now.
// ARGV: the number of slots, the id, the TTL in ms. Returns the outcome, the time, and the holders with their times.
const acquire = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')) do
    redis.call('ZADD', KEYS[1], now, id)
  end
  if redis.call('ZSCORE', KEYS[1], ARGV[2]) then return { 'HELD', now, {} } end
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
    return { 'FULL', now, redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES') }
  end
  redis.call('ZADD', KEYS[1], now, ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return { 'ACQUIRED', now, {} }`;

const reply = z.tuple([z.enum(['ACQUIRED', 'HELD', 'FULL']), z.number(), z.array(z.string())]);

/** Creates the slots of several replicas on one Redis. */
export const createRedisRunningSlots = (redis: RedisConnection): RunningSlots => {
  const script = defineScript(redis, {
    name: 'runningSlotAcquire',
    lua: acquire,
    keys: 1,
    reply: (answer) => reply.parse(answer),
  });
  const keyOf = (key: string) => `${redis.prefix}places:${key}`;

  return {
    async acquire(key, id, max) {
      const [outcome, now, held] = await script([keyOf(key)], [max, id, runningSlotTtlMs]);
      return outcome === 'FULL' ? { outcome, holders: holdersOf(held, now) } : { outcome };
    },
    async release(key, ids) {
      if (ids.length > 0) await redis.ask((client) => client.zrem(keyOf(key), ...ids));
    },
  };
};

/** Reads a list of alternating ids and times. */
const holdersOf = (held: readonly string[], now: number): Holder[] =>
  held.flatMap((id, index) => (index % 2 ? [] : [{ id, heldMs: now - Number(held[index + 1]) }]));
