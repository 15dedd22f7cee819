import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { largestOf } from '../../budgets/holdingSource.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import { maxLeaseMs, maxListed, type ReservationStore, type Reserved } from './store.ts';

// A hash per user: `version`, and for each answer its reservation as "tokens attempt since until isSettling". Times are
// in milliseconds of Redis's clock. If that clock was set back, `since` and `until` are clamped, so that reservations still
// expire on time.
const read = `
  local function read(value)
    local tokens, attempt, since, ends, settling = string.match(value, '^(%d+) (%d+) (%d+) (%d+) (%d)$')
    return tonumber(tokens), tonumber(attempt), tonumber(since), tonumber(ends), settling == '1'
  end
  local function write(id, tokens, attempt, since, ends, settling)
    local value = string.format('%d %d %d %d %d', tokens, attempt, since, ends, settling and 1 or 0)
    redis.call('HSET', KEYS[1], id, value)
  end`;

// ARGV: answer, attempt, minTokens, wantedTokens, availableTokens, version, lease, and maximum lease.
const reserve = `
  ${read}
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local id, attempt, minTokens, wantedTokens = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local availableTokens, lease, maxLease = tonumber(ARGV[5]), tonumber(ARGV[7]), tonumber(ARGV[8])
  if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[6] then return { 'STALE', 0, 0, {} } end
  local others, settling, holders, since, outdated = 0, 0, {}, now, nil
  local all = redis.call('HGETALL', KEYS[1])
  for index = 1, #all, 2 do
    local name = all[index]
    if name ~= 'version' then
      local tokens, held, from, ends, isSettling = read(all[index + 1])
      if from > now or ends > now + maxLease then
        from, ends = math.min(from, now), math.min(ends, now + maxLease)
        write(name, tokens, held, from, ends, isSettling)
      end
      if ends <= now then redis.call('HDEL', KEYS[1], name)
      elseif name == id then
        since = from
        if held > attempt then outdated = tokens end
      else
        others = others + tokens
        if isSettling then settling = 1 end
        table.insert(holders, name)
        table.insert(holders, tostring(held))
        table.insert(holders, string.format('%d', now - from))
      end
    end
  end
  local tokens = outdated or math.min(wantedTokens, availableTokens - others)
  if tokens < minTokens then return { 'REJECTED', others, settling, holders } end
  if not outdated then
    write(id, tokens, attempt, since, now + lease, false)
    redis.call('PEXPIRE', KEYS[1], maxLease * 2)
  end
  return { 'GRANTED', tokens, 0, {} }`;

// ARGV: answer, attempt.
const settle = `
  ${read}
  local value = redis.call('HGET', KEYS[1], ARGV[1])
  if not value then return end
  local tokens, attempt, since, ends = read(value)
  if attempt <= tonumber(ARGV[2]) then write(ARGV[1], tokens, attempt, since, ends, true) end`;

// ARGV: answer, attempt, TTL of the version.
const release = `
  ${read}
  local value = redis.call('HGET', KEYS[1], ARGV[1])
  if value then
    local _, attempt = read(value)
    if attempt <= tonumber(ARGV[2]) then redis.call('HDEL', KEYS[1], ARGV[1]) end
  end
  redis.call('HINCRBY', KEYS[1], 'version', 1)
  redis.call('PEXPIRE', KEYS[1], ARGV[3])`;

const now = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)`;

// KEYS[1]: a sorted set of the owners that reserved lately, by when they expire. ARGV: owner, TTL.
const list = `
  ${now}
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

const sum = `
  ${read}
  ${now}
  local sum, all = 0, redis.call('HGETALL', KEYS[1])
  for index = 1, #all, 2 do
    if all[index] ~= 'version' then
      local tokens, _, _, ends = read(all[index + 1])
      if ends > now then sum = sum + tokens end
    end
  end
  return sum`;

/** The time until an owner is listed again, in milliseconds: far less than the lifetime of its entry in the list. */
const listAgainMs = 60_000;
/** Maximum owners whose last listing is remembered. */
const maxRemembered = 10_000;

const reply = z.tuple([
  z.enum(['GRANTED', 'STALE', 'REJECTED']),
  z.number(),
  z.number(),
  z.array(z.string()),
]);

/** Stores the reservations of several replicas in Redis. */
export const createRedisReservationStore = (redis: RedisConnection): ReservationStore => {
  const nothing = () => {};
  const scripts = {
    reserve: defineScript(redis, {
      name: 'reservationReserve',
      lua: reserve,
      keys: 1,
      reply: (answer) => reservedOf(reply.parse(answer)),
    }),
    settle: defineScript(redis, { name: 'reservationSettle', lua: settle, keys: 1, reply: nothing }),
    release: defineScript(redis, { name: 'reservationRelease', lua: release, keys: 1, reply: nothing }),
    list: defineScript(redis, { name: 'reservationList', lua: list, keys: 1, reply: nothing }),
    sum: defineScript(redis, {
      name: 'reservationSum',
      lua: sum,
      keys: 1,
      reply: (answer) => z.number().parse(answer),
    }),
  };
  const keysOf = (ownerId: string) => [`${redis.prefix}spending:${ownerId}`] as const;

  const listKey = `${redis.prefix}spending-owners`;
  const listed = new LRUCache<string, true>({ max: maxRemembered, ttl: listAgainMs });

  /** Lists an owner, for `largest`. A failure only leaves it out. */
  const listOwner = async (ownerId: string): Promise<void> => {
    if (listed.has(ownerId)) return;
    listed.set(ownerId, true);
    await scripts.list([listKey], [ownerId, maxLeaseMs * 2]).catch(() => listed.delete(ownerId));
  };

  return {
    async version(ownerId) {
      const [key] = keysOf(ownerId);
      return Number((await redis.ask((client) => client.hget(key, 'version'))) ?? 0);
    },
    async reserve({ ownerId, id, attempt, minTokens, wantedTokens, availableTokens, version, leaseMs }) {
      const request = [id, attempt, minTokens, wantedTokens, availableTokens, version, leaseMs, maxLeaseMs];
      const reserved = await scripts.reserve(keysOf(ownerId), request);
      if (reserved.outcome === 'GRANTED') await listOwner(ownerId);
      return reserved;
    },
    async largest(max) {
      const owners = await redis.ask((client) => client.zrevrange(listKey, 0, maxListed - 1));
      const amounts = owners.map(async (ownerId) => ({
        ownerId,
        amount: await scripts.sum(keysOf(ownerId), []),
      }));
      return largestOf(await Promise.all(amounts), max);
    },
    markSettling: (ownerId, id, attempt) => scripts.settle(keysOf(ownerId), [id, attempt]),
    release: (ownerId, id, attempt) => scripts.release(keysOf(ownerId), [id, attempt, maxLeaseMs * 2]),
  };
};

const reservedOf = ([outcome, tokens, settling, holders]: z.infer<typeof reply>): Reserved => {
  if (outcome === 'GRANTED') return { outcome, tokens };
  if (outcome === 'STALE') return { outcome };
  return {
    outcome,
    others: tokens,
    isSettling: settling === 1,
    // A flat list of ids, attempts and durations.
    holders: holders.flatMap((id, index) =>
      index % 3 ? [] : [{ id, attempt: Number(holders[index + 1]), heldMs: Number(holders[index + 2]) }],
    ),
  };
};
