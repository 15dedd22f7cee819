import { createRedisBackendSlots } from '../engine/pool/backendSlots.redis.ts';
import { createRedisLimits } from '../limits/limits.redis.ts';
import { createRedisRunningSlots } from '../limits/running/runningSlots.redis.ts';
import { createIds } from '../process/ids.ts';
import { createRedisReplicaRegistry } from '../replicas/registry.redis.ts';
import { createRedisLease } from './lease.ts';
import { describeWithRedis, openReplicas } from './server.testing.ts';

const hour = 3_600_000;

// The clock of a shared Redis can't be set. What it wrote before its clock was set back an hour is an hour ahead of now.
describeWithRedis('a Redis whose clock is set back an hour', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  const { next } = createIds();

  it('delays the next call of a rate by one window at most', async () => {
    const redis = replicas.replica();
    const limits = createRedisLimits({ redis, nextId: next });
    const rate = { count: 2, windowMs: 60_000 };
    const key = next();
    const ahead = (Date.now() + hour) * 1000;
    await redis.ask((client) => client.zadd(`${redis.prefix}limit:${key}`, ahead, 'one', ahead, 'other'));
    const rejected = await limits.consume(key, rate);
    expect(rejected.isAllowed).toBe(false);
    expect(rejected.resetMs).toBeLessThanOrEqual(rate.windowMs);
    expect(rejected.resetMs).toBeGreaterThan(0);
    // Rejected calls do not extend it.
    expect((await limits.consume(key, rate)).resetMs).toBeLessThanOrEqual(rejected.resetMs);
  });

  it('counts running slots as acquired now', async () => {
    const redis = replicas.replica();
    const runningSlots = createRedisRunningSlots(redis);
    const key = next();
    await redis.ask((client) => client.zadd(`${redis.prefix}places:${key}`, Date.now() + hour, 'one'));
    const full = await runningSlots.acquire(key, 'other', 1);
    expect(full).toEqual({ outcome: 'FULL', holders: [{ id: 'one', heldMs: 0 }] });
  });

  it('keeps the slots of a dead replica for one lifetime more at most', async () => {
    const redis = replicas.replica();
    const lifetimeMs = 200;
    const backendSlots = createRedisBackendSlots({ redis, nextId: next, lifetimeMs });
    const backend = `http://${next()}`;
    await redis.ask((client) => client.zadd(`${redis.prefix}{leases}:${backend}`, Date.now() + hour, 'dead'));
    expect(await backendSlots.acquire([[backend]], 1)).toBeNull();
    const until = performance.now() + 10_000;
    let lease = null;
    while (!lease) {
      expect(performance.now()).toBeLessThan(until);
      lease = await backendSlots.acquire([[backend]], 1);
    }
    await backendSlots.close();
  });

  it('counts a dead replica for one lifetime more at most', async () => {
    const redis = replicas.replica();
    const registry = createRedisReplicaRegistry({ redis, ttlMs: 200 });
    const dead = { id: next(), version: '1.2.3', worker: true, secretHash: 'abc' };
    await redis.ask((client) => client.zadd(`${redis.prefix}{replicas}:until`, Date.now() + hour, dead.id));
    await redis.ask((client) => client.hset(`${redis.prefix}{replicas}`, dead.id, JSON.stringify(dead)));
    const isPresent = async () => (await registry.list()).some(({ id }) => id === dead.id);
    expect(await isPresent()).toBe(true);
    const until = performance.now() + 10_000;
    while (await isPresent()) expect(performance.now()).toBeLessThan(until);
  });

  it('lets another replica acquire a lease', async () => {
    const redis = replicas.replica();
    const lease = createRedisLease(redis);
    const name = next();
    const then = Date.now() + hour;
    await redis.ask((client) => client.set(`${redis.prefix}lease:${name}`, `${then} ${then + 25_000}`));
    expect(await lease(name, 25_000)).toBe(true);
    expect(await lease(name, 25_000)).toBe(false);
  });
});
