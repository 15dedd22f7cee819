import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import type { BackendSlot, BackendSlots } from './backendSlots.ts';

export interface RedisBackendSlotsOptions {
  readonly redis: RedisConnection;
  /** Returns ids that are unique among all slots of all replicas. */
  readonly nextId: () => string;
  /** How long slots outlive a replica that died, in ms. */
  readonly lifetimeMs?: number;
  /** How long a place outlives its last try, in ms: more than the interval of the tries. */
  readonly placeMs?: number;
}

// Each backend has two sorted sets: the ids of its held slots, and the places that wait for one. Both are scored by their
// expiry in ms.
const clock = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)`;

// Caps expiries at that of a new member, in case the clock of Redis was set back.
// Keys: the slots of each backend, those of a group adjacent; then the places of each backend, in the same order.
// Arguments: channel, limit, lifetime, id, lifetime of a place, place or '', then the group number of each backend.
const acquire = `
  ${clock}
  local limit, place, count, best, fewest = tonumber(ARGV[2]), ARGV[6], #KEYS / 2, 0, 0
  local function expire(key, lifetime)
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    local latest = now + tonumber(lifetime)
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', key, string.format('(%.0f', latest), '+inf')) do
      redis.call('ZADD', key, latest, member)
    end
  end
  local function ahead(key)
    local before = 0
    for _, other in ipairs(redis.call('ZRANGE', key, 0, -1)) do
      if place == '' or other < place then before = before + 1 end
    end
    return before
  end
  for index = 1, count do
    if best > 0 and ARGV[6 + index] ~= ARGV[6 + best] then break end
    expire(KEYS[index], ARGV[3])
    expire(KEYS[count + index], ARGV[5])
    local running = redis.call('ZCARD', KEYS[index])
    if running + ahead(KEYS[count + index]) < limit and (best == 0 or running < fewest) then
      best, fewest = index, running
    end
  end
  if best > 0 then
    redis.call('ZADD', KEYS[best], now + tonumber(ARGV[3]), ARGV[4])
    redis.call('PEXPIRE', KEYS[best], ARGV[3])
    local left = 0
    if place ~= '' then
      for index = 1, count do left = left + redis.call('ZREM', KEYS[count + index], place) end
    end
    if left > 0 then redis.call('PUBLISH', ARGV[1], '"left"') end
  elseif place ~= '' then
    for index = 1, count do
      redis.call('ZADD', KEYS[count + index], now + tonumber(ARGV[5]), place)
      redis.call('PEXPIRE', KEYS[count + index], ARGV[5])
    end
  end
  return best`;

// Arguments: lifetime, then ids. Adds slots again that Redis has lost, whatever the limit: their requests still run.
const renew = `
  ${clock}
  for index = 2, #ARGV do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[index]) end
  redis.call('PEXPIRE', KEYS[1], ARGV[1])`;

// Arguments: channel, place.
const leave = `
  local left = 0
  for _, key in ipairs(KEYS) do left = left + redis.call('ZREM', key, ARGV[2]) end
  if left > 0 then redis.call('PUBLISH', ARGV[1], '"left"') end`;

// Arguments: channel, id.
const release = `
  if redis.call('ZREM', KEYS[1], ARGV[2]) == 1 then redis.call('PUBLISH', ARGV[1], '"released"') end`;

/** The backend slots of several replicas, kept in one Redis and timed by its clock. */
export const createRedisBackendSlots = ({
  redis,
  nextId,
  lifetimeMs = 6000,
  placeMs = 4000,
}: RedisBackendSlotsOptions): BackendSlots => {
  // The braces put all keys into one hash slot of a cluster, so that one script can use them all.
  const channel = `${redis.prefix}{leases}`;
  const keyOf = (backend: string) => `${channel}:${backend}`;
  const placesOf = (backend: string) => `${channel}:places:${backend}`;
  const held = new Map<string, string>();
  /** The backends of each place of this replica that waits. */
  const waiting = new Map<string, Set<string>>();
  const listeners = new Set<() => void>();
  const nothing = () => {};
  const renewScript = defineScript(redis, { name: 'backendSlotsRenew', lua: renew, keys: 1, reply: nothing });
  const releaseScript = defineScript(redis, {
    name: 'backendSlotsRelease',
    lua: release,
    keys: 1,
    reply: nothing,
  });
  const leaveScript = defineScript(redis, {
    name: 'backendSlotsLeave',
    lua: leave,
    keys: 'any',
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

  const leavePlace = async (place: string): Promise<void> => {
    const backends = waiting.get(place);
    if (!backends || !waiting.delete(place)) return;
    // If Redis is unavailable, the place expires.
    await leaveScript([...backends].map(placesOf), [channel, place]).catch(nothing);
  };

  return {
    async acquire(groups, limit, place) {
      const backends = groups.flat();
      if (backends.length === 0) return null;
      // Before: a slot that is released right after none was free would not be noticed.
      await listen();
      const id = nextId();
      const groupNumbers = groups.flatMap((group, index) => group.map(() => index));
      if (place !== undefined) waiting.set(place, new Set([...(waiting.get(place) ?? []), ...backends]));
      const chosen = await acquireScript(
        [...backends.map(keyOf), ...backends.map(placesOf)],
        [channel, limit, lifetimeMs, id, placeMs, place ?? '', ...groupNumbers],
      );
      const backend = backends[chosen - 1];
      if (backend === undefined) return null;
      held.set(id, backend);
      if (place !== undefined && waiting.get(place)?.size === new Set(backends).size) waiting.delete(place);
      else if (place !== undefined) await leavePlace(place);
      return grant(backend, id);
    },
    leave: leavePlace,
    onRelease(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      clearInterval(renewal);
      listeners.clear();
      await Promise.all([...waiting.keys()].map(leavePlace));
      const slots = [...held].map(([id, backend]) => grant(backend, id));
      await Promise.all(slots.map((slot) => slot.release()));
      await listening?.then((stop) => stop()).catch(nothing);
    },
  };
};
