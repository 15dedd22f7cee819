import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import { type Holder, type RunningSlots, runningSlotTtlMs } from './runningSlots.ts';

// A sorted set for each key: who holds a place, by since when, in milliseconds of Redis's own clock.
// Where that clock was set back, runningSlots that it gave before count as given now.
// Parts: how many there are, who asks, how long they last. Answers with the outcome, the time, and then who holds them.
const take = `
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

/** The runningSlots of several replicas on one Redis. */
export const createRedisRunningSlots = (redis: RedisConnection): RunningSlots => {
  const script = defineScript(redis, {
    name: 'placeTake',
    lua: take,
    keys: 1,
    reply: (answer) => reply.parse(answer),
  });
  const keyOf = (key: string) => `${redis.prefix}places:${key}`;

  return {
    async acquire(key, id, most) {
      const [outcome, now, held] = await script([keyOf(key)], [most, id, runningSlotTtlMs]);
      return outcome === 'FULL' ? { outcome, holders: holdersOf(held, now) } : { outcome };
    },
    async release(key, ids) {
      if (ids.length > 0) await redis.ask((client) => client.zrem(keyOf(key), ...ids));
    },
  };
};

/** Of names and times, one after the other. */
const holdersOf = (held: readonly string[], now: number): Holder[] =>
  held.flatMap((id, index) => (index % 2 ? [] : [{ id, heldMs: now - Number(held[index + 1]) }]));
