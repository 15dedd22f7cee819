import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import {
  type LimitHitStore,
  type LimitHitSummary,
  limitHitKey,
  limitHitTtlMs,
  maxLimitHits,
  parseLimitHitKey,
} from './store.ts';

// KEYS[1]: a hash of summaries: `limitHitKey` → count, first and last time, in ms of Redis's clock.
// ARGV: the maximum number of summaries, their TTL in ms, then pairs of key and count.
const add = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local max, ttl = tonumber(ARGV[1]), tonumber(ARGV[2])
  for index = 3, #ARGV, 2 do
    local count, first = 0, now
    local known = redis.call('HGET', KEYS[1], ARGV[index])
    if known then
      local times, began, last = string.match(known, '^(%d+) (%d+) (%d+)$')
      if tonumber(last) > now - ttl then count, first = tonumber(times), tonumber(began) end
    end
    local value = string.format('%d %d %d', count + tonumber(ARGV[index + 1]), first, now)
    redis.call('HSET', KEYS[1], ARGV[index], value)
  end
  redis.call('PEXPIRE', KEYS[1], ttl)
  local surplus = redis.call('HLEN', KEYS[1]) - max
  if surplus > 0 then
    local all, byAge = redis.call('HGETALL', KEYS[1]), {}
    for index = 1, #all, 2 do
      table.insert(byAge, { all[index], tonumber(string.match(all[index + 1], '(%d+)$')) })
    end
    table.sort(byAge, function(one, other) return one[2] < other[2] end)
    for index = 1, surplus do redis.call('HDEL', KEYS[1], byAge[index][1]) end
  end
  return now`;

const read = `
  local time = redis.call('TIME')
  return { tonumber(time[1]) * 1000, redis.call('HGETALL', KEYS[1]) }`;

const replyShape = z.tuple([z.number(), z.array(z.string())]);

/** Creates the store of several replicas on one Redis. */
export const createRedisLimitHits = (redis: RedisConnection): LimitHitStore => {
  const addScript = defineScript(redis, { name: 'hitsAdd', lua: add, keys: 1, reply: () => {} });
  const readScript = defineScript(redis, {
    name: 'hitsRead',
    lua: read,
    keys: 1,
    reply: (answer) => replyShape.parse(answer),
  });
  const key = `${redis.prefix}hits`;

  return {
    async add(hits) {
      if (hits.length === 0) return;
      const parts = hits.flatMap(({ count, ...hit }) => [limitHitKey(hit), count]);
      await addScript([key], [maxLimitHits, limitHitTtlMs, ...parts]);
    },
    async recent() {
      const [now, all] = await readScript([key], []);
      const hits = all.flatMap((name, index) => (index % 2 ? [] : [summaryOf(name, all[index + 1] ?? '')]));
      return hits
        .filter(({ lastAt }) => lastAt.getTime() > now - limitHitTtlMs)
        .sort((one, other) => Number(other.lastAt) - Number(one.lastAt));
    },
  };
};

const summaryOf = (name: string, value: string): LimitHitSummary => {
  const [count = 0, first = 0, last = 0] = value.split(' ').map(Number);
  return { ...parseLimitHitKey(name), count, firstAt: new Date(first), lastAt: new Date(last) };
};
