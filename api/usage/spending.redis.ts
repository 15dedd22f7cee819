import { z } from 'zod';
import type { RedisConnection } from '../redis/connection.ts';
import { defineScript } from '../redis/script.ts';
import { type Spending, spendingLastsMs } from './spending.ts';

// A hash for each user: by answer what it has used, and when that was said, in milliseconds of Redis's own clock.
// Parts: the answer, its tokens, how long what is said lasts.
const report = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. now)
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  local spent = redis.call('HGETALL', KEYS[1])
  local others = 0
  for index = 1, #spent, 2 do
    local tokens, at = string.match(spent[index + 1], '^(%d+) (%d+)$')
    if tonumber(at) <= now - tonumber(ARGV[3]) then redis.call('HDEL', KEYS[1], spent[index])
    elseif spent[index] ~= ARGV[1] then others = others + tonumber(tokens) end
  end
  return others`;

/** What is spent on several replicas on one Redis. */
export const createRedisSpending = (redis: RedisConnection): Spending => {
  const script = defineScript(redis, {
    name: 'spendingReport',
    lua: report,
    keys: 1,
    reply: (answer) => z.number().parse(answer),
  });
  const keyOf = (ownerId: string) => `${redis.prefix}spending:${ownerId}`;
  return {
    report: (ownerId, id, tokens) => script([keyOf(ownerId)], [id, tokens, spendingLastsMs]),
    async forget(ownerId, id) {
      await redis.ask((client) => client.hdel(keyOf(ownerId), id));
    },
  };
};
