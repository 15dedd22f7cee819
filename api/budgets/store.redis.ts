import { z } from 'zod';
import type { RedisConnection } from '../redis/connection.ts';
import { defineScript } from '../redis/script.ts';
import { byAmount, nameOf, parseName, type Rejection } from './budget.ts';
import { createHoldingCounter } from './holdingCounter.ts';
import { type BudgetStore, leaseMs as defaultLeaseMs, maxHoldings } from './store.ts';

// A hash per holder of a resource, with each replica's holding and its lease as "amount until". A sorted set indexes the
// hashes. Times are of Redis's clock, in milliseconds.
const now = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local function heldOf(key, without)
    local sum, all = 0, redis.call('HGETALL', key)
    for index = 1, #all, 2 do
      local amount, till = string.match(all[index + 1], '^(%d+) (%d+)$')
      if tonumber(till) <= now then redis.call('HDEL', key, all[index])
      elseif all[index] ~= without then sum = sum + tonumber(amount) end
    end
    return sum
  end
  local function ownOf(key, replica)
    local value = redis.call('HGET', key, replica)
    return value and tonumber(string.match(value, '^(%d+)')) or 0
  end
  local function write(key, replica, amount, lease, index, name)
    if amount > 0 then
      redis.call('HSET', key, replica, string.format('%.0f %.0f', amount, now + lease))
      redis.call('PEXPIRE', key, lease)
      redis.call('ZADD', index, now + lease, name)
    else
      redis.call('HDEL', key, replica)
      if redis.call('EXISTS', key) == 0 then redis.call('ZREM', index, name) end
    end
  end`;

// KEYS: the hashes, then the index. ARGV: replica, lease, amount; then limit and name of each hash.
const acquire = `${now}
  local index, amount = KEYS[#KEYS], tonumber(ARGV[3])
  for claim = 1, #KEYS - 1 do
    local held = heldOf(KEYS[claim], '')
    if held + amount > tonumber(ARGV[2 + claim * 2]) then return { claim, held } end
  end
  for claim = 1, #KEYS - 1 do
    local own = ownOf(KEYS[claim], ARGV[1])
    write(KEYS[claim], ARGV[1], own + amount, tonumber(ARGV[2]), index, ARGV[3 + claim * 2])
  end
  return { 0, 0 }`;

// KEYS as above. ARGV: replica, lease, amount; then the name of each hash.
const release = `${now}
  for holder = 1, #KEYS - 1 do
    local own = ownOf(KEYS[holder], ARGV[1]) - tonumber(ARGV[3])
    write(KEYS[holder], ARGV[1], own, tonumber(ARGV[2]), KEYS[#KEYS], ARGV[3 + holder])
  end`;

// KEYS as above. ARGV: replica, lease; then the replica's total amount and the name of each hash.
const renew = `${now}
  for holder = 1, #KEYS - 1 do
    write(KEYS[holder], ARGV[1], tonumber(ARGV[1 + holder * 2]), tonumber(ARGV[2]), KEYS[#KEYS], ARGV[2 + holder * 2])
  end`;

// KEYS: the index. ARGV: the maximum number of names.
const names = `${now}
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  return redis.call('ZREVRANGE', KEYS[1], 0, tonumber(ARGV[1]) - 1)`;

const sums = `${now}
  local sums = {}
  for index, key in ipairs(KEYS) do sums[index] = heldOf(key, '') end
  return sums`;

export interface RedisBudgetsDeps {
  readonly redis: RedisConnection;
  readonly nextId: () => string;
  readonly leaseMs?: number;
}

/** The number of holders that one command renews. */
const batchSize = 200;

/** Counts the holdings of several replicas in Redis. */
export const createRedisBudgets = ({
  redis,
  nextId,
  leaseMs = defaultLeaseMs,
}: RedisBudgetsDeps): BudgetStore => {
  const replica = nextId();
  /** The holdings of this process; Redis has a copy. */
  const counter = createHoldingCounter();
  /** The number of pending commands by name. A total must not be written while a command changes it. */
  const pending = new Map<string, number>();
  /** Names whose copy in Redis may be wrong, because a command failed. */
  const stale = new Set<string>();
  const nothing = () => {};
  const scripts = {
    acquire: defineScript(redis, {
      name: 'budgetAcquire',
      lua: acquire,
      keys: 'any',
      reply: (answer) => z.tuple([z.number(), z.number()]).parse(answer),
    }),
    release: defineScript(redis, { name: 'budgetRelease', lua: release, keys: 'any', reply: nothing }),
    renew: defineScript(redis, { name: 'budgetRenew', lua: renew, keys: 'any', reply: nothing }),
    names: defineScript(redis, {
      name: 'budgetNames',
      lua: names,
      keys: 1,
      reply: (answer) => z.array(z.string()).parse(answer),
    }),
    sums: defineScript(redis, {
      name: 'budgetSums',
      lua: sums,
      keys: 'any',
      reply: (answer) => z.array(z.number()).parse(answer),
    }),
  };
  // The braces keep all keys in one slot of a cluster.
  const index = `${redis.prefix}{budgets}`;
  const keyOf = (name: string) => `${index}:${name}`;
  const keysOf = (all: readonly string[]) => [...all.map(keyOf), index];

  /** Runs a command that changes these names. If it fails, marks them as stale, because it may have been executed. */
  const change = async <Answer>(all: readonly string[], command: () => Promise<Answer>): Promise<Answer> => {
    for (const name of all) pending.set(name, (pending.get(name) ?? 0) + 1);
    try {
      return await command();
    } catch (error) {
      for (const name of all) stale.add(name);
      throw error;
    } finally {
      for (const name of all) {
        const rest = (pending.get(name) ?? 1) - 1;
        if (rest > 0) pending.set(name, rest);
        else pending.delete(name);
      }
    }
  };

  const renewAll = async (): Promise<void> => {
    const held = new Map(
      counter.holdings().map(({ resource, holder, amount }) => [nameOf(resource, holder), amount]),
    );
    const due = [...new Set([...held.keys(), ...stale])].filter((name) => !pending.has(name));
    for (let start = 0; start < due.length; start += batchSize) {
      // Skips names that a command changes since: it writes them itself.
      const part = due.slice(start, start + batchSize).filter((name) => !pending.has(name));
      if (part.length === 0) continue;
      for (const name of part) stale.delete(name);
      const amounts = part.flatMap((name) => {
        const { resource, holder } = parseName(name);
        return [counter.held(resource, holder), name];
      });
      await change(part, () => scripts.renew(keysOf(part), [replica, leaseMs, ...amounts])).catch(nothing);
    }
  };
  const renewing = setInterval(() => void renewAll(), leaseMs / 3).unref();

  return {
    async acquire(resource, claims, amount) {
      const all = claims.map(({ holder }) => nameOf(resource, holder));
      const parts = claims.flatMap(({ limit }, at) => [limit, all[at] ?? '']);
      try {
        return await change(all, async (): Promise<Rejection | null> => {
          const [full, held] = await scripts.acquire(keysOf(all), [replica, leaseMs, amount, ...parts]);
          const claim = claims[full - 1];
          if (claim) return { ...claim, held };
          for (const { holder } of claims) counter.add(resource, holder, amount);
          return null;
        });
      } catch {
        // Redis is unavailable: until it is back, this process enforces the limits by itself.
        return counter.tryAcquire(resource, claims, amount);
      }
    },
    release(resource, holders, amount) {
      const all = holders.map((holder) => nameOf(resource, holder));
      for (const holder of holders) counter.release(resource, holder, amount);
      change(all, () => scripts.release(keysOf(all), [replica, leaseMs, amount, ...all])).catch(nothing);
    },
    async holdings() {
      try {
        const known = await scripts.names([index], [maxHoldings]);
        if (known.length === 0) return [];
        const amounts = await scripts.sums(known.map(keyOf), []);
        return known
          .map((name, at) => ({ ...parseName(name), amount: amounts[at] ?? 0 }))
          .filter(({ amount }) => amount > 0)
          .sort(byAmount);
      } catch {
        return counter.holdings().slice(0, maxHoldings);
      }
    },
    async close() {
      clearInterval(renewing);
      const all = counter.holdings().map(({ resource, holder }) => nameOf(resource, holder));
      for (const name of all) {
        const { resource, holder } = parseName(name);
        counter.release(resource, holder, counter.held(resource, holder));
      }
      if (all.length === 0) return;
      await scripts
        .renew(keysOf(all), [replica, leaseMs, ...all.flatMap((name) => [0, name])])
        .catch(nothing);
    },
  };
};
