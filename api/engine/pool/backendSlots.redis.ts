import type { RedisConnection } from '../../redis/connection.ts';
import { defineScript } from '../../redis/script.ts';
import type { BackendSlot, BackendSlots } from './backendSlots.ts';

export interface RedisLeasesOptions {
  readonly redis: RedisConnection;
  /** Unique among all backendSlots of all replicas. */
  readonly nextId: () => string;
  /** How long the places of a replica that died are held yet, in milliseconds. */
  readonly lifetimeMs?: number;
}

// A sorted set for each backend: who holds a place, by the time until which it is held.
const clock = `
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)`;

// Where the clock of Redis was set back, no lease lasts longer than one that begins now.
// Parts: limit, lifetime, id, then the group of each key. Keys of a group stand together.
const acquire = `
  ${clock}
  local limit, best, least = tonumber(ARGV[1]), 0, 0
  for index, key in ipairs(KEYS) do
    if best > 0 and ARGV[3 + index] ~= ARGV[3 + best] then break end
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    local latest = now + tonumber(ARGV[2])
    for _, held in ipairs(redis.call('ZRANGEBYSCORE', key, string.format('(%.0f', latest), '+inf')) do
      redis.call('ZADD', key, latest, held)
    end
    local running = redis.call('ZCARD', key)
    if running < limit and (best == 0 or running < least) then best, least = index, running end
  end
  if best > 0 then
    redis.call('ZADD', KEYS[best], now + tonumber(ARGV[2]), ARGV[3])
    redis.call('PEXPIRE', KEYS[best], ARGV[2])
  end
  return best`;

// Parts: lifetime, then ids. One that Redis has lost comes back: what it stands for runs, whatever the limit.
const renew = `
  ${clock}
  for index = 2, #ARGV do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[index]) end
  redis.call('PEXPIRE', KEYS[1], ARGV[1])`;

// Parts: channel, id.
const release = `
  if redis.call('ZREM', KEYS[1], ARGV[2]) == 1 then redis.call('PUBLISH', ARGV[1], '"released"') end`;

/** The backendSlots of several replicas on one Redis, by Redis's own clock. */
export const createRedisBackendSlots = ({
  redis,
  nextId,
  lifetimeMs = 6000,
}: RedisLeasesOptions): BackendSlots => {
  // The braces put all backends into one slot of a cluster, so that one script sees them all.
  const channel = `${redis.prefix}{backendSlots}`;
  const keyOf = (backend: string) => `${channel}:${backend}`;
  const held = new Map<string, string>();
  const listeners = new Set<() => void>();
  const nothing = () => {};
  const renewScript = defineScript(redis, { name: 'leasesRenew', lua: renew, keys: 1, reply: nothing });
  const releaseScript = defineScript(redis, { name: 'leasesRelease', lua: release, keys: 1, reply: nothing });
  const acquireScript = defineScript(redis, {
    name: 'leasesAcquire',
    lua: acquire,
    keys: 'any',
    reply: Number,
  });
  let listening: Promise<() => Promise<void>> | null = null;

  const ring = () => {
    for (const listener of listeners) listener();
  };

  /** Redis may be away just now: then the next one to ask for a place tries again. */
  const listen = () => {
    listening ??= redis.channels.subscribe(channel, { message: ring, missed: ring });
    listening.catch(() => {
      listening = null;
    });
  };

  const renewal = setInterval(() => {
    const ids = Map.groupBy(held.keys(), (id) => held.get(id) ?? '');
    // Where Redis is away, they are renewed when it is back.
    for (const [backend, some] of ids) renewScript([keyOf(backend)], [lifetimeMs, ...some]).catch(nothing);
  }, lifetimeMs / 3).unref();

  const lend = (backend: string, id: string): BackendSlot => ({
    backend,
    async release() {
      // Where Redis doesn't hear it, it ends by itself, now that nobody renews it.
      if (held.delete(id)) await releaseScript([keyOf(backend)], [channel, id]).catch(nothing);
    },
  });

  return {
    async acquire(groups, limit) {
      listen();
      const backends = groups.flat();
      if (backends.length === 0) return null;
      const id = nextId();
      const groupNumbers = groups.flatMap((group, index) => group.map(() => index));
      const chosen = await acquireScript(backends.map(keyOf), [limit, lifetimeMs, id, ...groupNumbers]);
      const backend = backends[chosen - 1];
      if (backend === undefined) return null;
      held.set(id, backend);
      return lend(backend, id);
    },
    onRelease(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      clearInterval(renewal);
      listeners.clear();
      const backendSlots = [...held].map(([id, backend]) => lend(backend, id));
      await Promise.all(backendSlots.map((lease) => lease.release()));
      await listening?.then((stop) => stop()).catch(nothing);
    },
  };
};
