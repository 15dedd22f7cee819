import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import type { BackendSlot, BackendSlots } from './backendSlots.ts';

export interface RedisBackendSlotsOptions {
  readonly redis: RedisConnection;
  /** Returns ids that are unique among all slots of all replicas. */
  readonly nextId: () => string;
  /** How long slots outlive a replica that died, in ms. */
  readonly lifetimeMs?: number;
}

// Each backend has a sorted set: the ids of its held slots, scored by their expiry in ms.
const clock = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)`;

// Caps expiries at the expiry of a new slot, in case the clock of Redis was set back.
// Arguments: limit, lifetime, id, then the group number of each key. Keys of a group are adjacent.
const acquire = `
  ${clock}
  local limit, best, fewest = tonumber(ARGV[1]), 0, 0
  for index, key in ipairs(KEYS) do
    if best > 0 and ARGV[3 + index] ~= ARGV[3 + best] then break end
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    local latest = now + tonumber(ARGV[2])
    for _, held in ipairs(redis.call('ZRANGEBYSCORE', key, string.format('(%.0f', latest), '+inf')) do
      redis.call('ZADD', key, latest, held)
    end
    local running = redis.call('ZCARD', key)
    if running < limit and (best == 0 or running < fewest) then best, fewest = index, running end
  end
  if best > 0 then
    redis.call('ZADD', KEYS[best], now + tonumber(ARGV[2]), ARGV[3])
    redis.call('PEXPIRE', KEYS[best], ARGV[2])
  end
  return best`;

// Arguments: lifetime, then ids. Adds slots again that Redis has lost, whatever the limit: their requests still run.
const renew = `
  ${clock}
  for index = 2, #ARGV do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[index]) end
  redis.call('PEXPIRE', KEYS[1], ARGV[1])`;

// Arguments: channel, id.
const release = `
  if redis.call('ZREM', KEYS[1], ARGV[2]) == 1 then redis.call('PUBLISH', ARGV[1], '"released"') end`;

/** The backend slots of several replicas, kept in one Redis and timed by its clock. */
export const createRedisBackendSlots = ({
  redis,
  nextId,
  lifetimeMs = 6000,
}: RedisBackendSlotsOptions): BackendSlots => {
  // The braces put all keys into one hash slot of a cluster, so that one script can use them all.
  const channel = `${redis.prefix}{leases}`;
  const keyOf = (backend: string) => `${channel}:${backend}`;
  const held = new Map<string, string>();
  const listeners = new Set<() => void>();
  const nothing = () => {};
  const renewScript = defineScript(redis, { name: 'backendSlotsRenew', lua: renew, keys: 1, reply: nothing });
  const releaseScript = defineScript(redis, {
    name: 'backendSlotsRelease',
    lua: release,
    keys: 1,
    reply: nothing,
  });
  const acquireScript = defineScript(redis, {
    name: 'backendSlotsAcquire',
    lua: acquire,
    keys: 'any',
    reply: Number,
  });
  let listening: Promise<() => Promise<void>> | null = null;

  const notifyListeners = () => {
    for (const listener of listeners) listener();
  };

  /** Resolves when releases are heard. If Redis is unavailable, the next `acquire` tries again. */
  const listen = async (): Promise<void> => {
    listening ??= redis.pubSub.subscribe(channel, { message: notifyListeners, missed: notifyListeners });
    await listening.catch(() => {
      listening = null;
    });
  };

  const renewal = setInterval(() => {
    const ids = Map.groupBy(held.keys(), (id) => held.get(id) ?? '');
    // If Redis is unavailable, a later interval renews them.
    for (const [backend, its] of ids) renewScript([keyOf(backend)], [lifetimeMs, ...its]).catch(nothing);
  }, lifetimeMs / 3).unref();

  const grant = (backend: string, id: string): BackendSlot => ({
    backend,
    async release() {
      // If Redis is unavailable, the slot expires: it is no longer renewed.
      if (held.delete(id)) await releaseScript([keyOf(backend)], [channel, id]).catch(nothing);
    },
  });

  return {
    async acquire(groups, limit) {
      const backends = groups.flat();
      if (backends.length === 0) return null;
      // Before: a slot that is released right after none was free would not be noticed.
      await listen();
      const id = nextId();
      const groupNumbers = groups.flatMap((group, index) => group.map(() => index));
      const chosen = await acquireScript(backends.map(keyOf), [limit, lifetimeMs, id, ...groupNumbers]);
      const backend = backends[chosen - 1];
      if (backend === undefined) return null;
      held.set(id, backend);
      return grant(backend, id);
    },
    onRelease(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      clearInterval(renewal);
      listeners.clear();
      const slots = [...held].map(([id, backend]) => grant(backend, id));
      await Promise.all(slots.map((slot) => slot.release()));
      await listening?.then((stop) => stop()).catch(nothing);
    },
  };
};
