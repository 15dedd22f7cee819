import { isUnavailable } from '../../errors/failures.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import { type SignInAttempt, type SignInThrottle, throttleKeys, throttleRules, tooSoon } from './throttle.ts';

export interface RedisThrottleDeps {
  readonly redis: RedisConnection;
  /** Counts in this replica only. Used while Redis is unavailable: users can sign in, and guessing stays slow. */
  readonly fallback: SignInThrottle;
  /** Milliseconds added to the clock of Redis, for tests, which can't set it. */
  readonly shiftMs?: () => number;
}

// KEYS: pair, account, address, known pair. The first three are hashes of count, at, and until (the end of the wait), in
// ms of Redis's clock. If that clock was set back, a wait starts again now: it gets no longer than after a failure now.
// ARGV[1]: ms to add to that clock.
const read = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[1])
  local known = (tonumber(redis.call('GET', KEYS[4])) or 0) > now
  local function read(key)
    local found = redis.call('HMGET', key, 'count', 'at', 'until')
    local count, at, wait = tonumber(found[1]) or 0, tonumber(found[2]), tonumber(found[3]) or 0
    if at and at > now then
      wait, at = now + math.max(0, wait - at), now
      redis.call('HSET', key, 'at', string.format('%.0f', at), 'until', string.format('%.0f', wait))
    end
    return count, at, wait
  end
  local function write(key, count, at, wait, keep)
    redis.call('HSET', key, 'count', count, 'at', string.format('%.0f', at), 'until', string.format('%.0f', wait))
    redis.call('PEXPIRE', key, keep)
  end`;

// ARGV: shift, free attempts, maximum wait, memory, maximum at an account, maximum from an address, window, lock.
// Returns the wait in ms; 0 allows the attempt.
const attempt = `
  ${read}
  local free, max_wait, memory = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local window, lock = tonumber(ARGV[7]), tonumber(ARGV[8])
  local count, at, wait = read(KEYS[1])
  if now < wait then return wait - now end
  if not known then
    local locked = 0
    for index = 2, 3 do
      local _, _, until_ = read(KEYS[index])
      locked = math.max(locked, until_)
    end
    if now < locked then return locked - now end
    for index = 2, 3 do
      local failures, since = read(KEYS[index])
      if not since or now - since >= window then failures, since = 0, now end
      if failures + 1 >= tonumber(ARGV[3 + index]) then
        write(KEYS[index], 0, now, now + lock, lock)
      else
        write(KEYS[index], failures + 1, since, 0, window)
      end
    end
  end
  if at and now - at < memory then count = count + 1 else count = 1 end
  local pause = 0
  if count >= free then pause = math.min(1000 * 2 ^ (count - free), max_wait) end
  write(KEYS[1], count, now, now + pause, memory)
  return 0`;

// ARGV: shift, the time for which the pair stays known, in ms.
const succeeded = `
  ${read}
  redis.call('DEL', KEYS[1])
  if not known then
    for index = 2, 3 do
      local failures = read(KEYS[index])
      if failures > 0 then redis.call('HSET', KEYS[index], 'count', failures - 1) end
    end
  end
  redis.call('SET', KEYS[4], string.format('%.0f', now + tonumber(ARGV[2])), 'PX', ARGV[2])`;

/** Creates the throttle of all replicas: each decision is one atomic step, by the clock of Redis. */
export const createRedisThrottle = ({
  redis,
  fallback,
  shiftMs = () => 0,
}: RedisThrottleDeps): SignInThrottle => {
  const attemptScript = defineScript(redis, {
    name: 'throttleAttempt',
    lua: attempt,
    keys: 4,
    reply: Number,
  });
  const succeededScript = defineScript(redis, {
    name: 'throttleSucceeded',
    lua: succeeded,
    keys: 4,
    reply: () => {},
  });
  // The braces put all keys into one slot of a cluster.
  const keysOf = (given: SignInAttempt): readonly string[] => {
    const { pair, account, address } = throttleKeys(given);
    const parts = [`pair:${pair}`, `account:${account}`, `address:${address}`, `known:${pair}`];
    return parts.map((part) => `${redis.prefix}{throttle}:${part}`);
  };
  const { freeAttempts, maxWaitMs, memoryMs, maxAtAccount, maxFromAddress, windowMs, lockMs, knownMs } =
    throttleRules;
  const rules = [freeAttempts, maxWaitMs, memoryMs, maxAtAccount, maxFromAddress, windowMs, lockMs];

  /** Resolves to null while Redis is unavailable. */
  const orNull = async <Answer>(answer: Promise<Answer>): Promise<Answer | null> => {
    try {
      return await answer;
    } catch (error) {
      if (isUnavailable(error)) return null;
      throw error;
    }
  };

  return {
    async attempt(given) {
      const waitMs = await orNull(attemptScript(keysOf(given), [shiftMs(), ...rules]));
      if (waitMs === null) await fallback.attempt(given);
      else if (waitMs > 0) throw tooSoon(waitMs);
    },
    async succeeded(given) {
      await orNull(succeededScript(keysOf(given), [shiftMs(), knownMs]));
      await fallback.succeeded(given);
    },
  };
};
