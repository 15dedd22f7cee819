import { eventually } from '../process/eventually.testing.ts';
import { describeWithRedis, openReplicas } from '../redis/server.testing.ts';
import { createRedisReplicaRegistry } from './registry.redis.ts';
import type { Replica, ReplicaRegistry } from './registry.ts';

const newReplica = (id: string): Replica => ({ id, version: '1.2.3', worker: true, secretHash: 'abc' });

describeWithRedis('the replica registry on Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  /** Short, but with a heartbeat interval that a slow machine keeps. */
  const ttlMs = 1500;
  const open = () => createRedisReplicaRegistry({ redis: replicas.replica(), ttlMs });

  const until = (registry: ReplicaRegistry, ids: readonly string[]) =>
    eventually(
      async () => (await registry.list()).map(({ id }) => id).sort(),
      (listed) => listed.join() === ids.join(),
    );

  it('lists each replica on all of them until it is removed', async () => {
    const [here, there] = [open(), open()];
    const removeA = here.register(newReplica('a'));
    const removeB = there.register(newReplica('b'));
    await until(here, ['a', 'b']);
    const redis = replicas.replica();
    const expiryOfA = () => redis.ask((client) => client.zscore(`${redis.prefix}{replicas}:until`, 'a'));
    const firstExpiry = Number(await expiryOfA());
    // More than one TTL later, it is listed only because of its heartbeats.
    await eventually(expiryOfA, (expiry) => Number(expiry) > firstExpiry + ttlMs);
    expect((await there.list()).map(({ id }) => id).sort()).toEqual(['a', 'b']);
    expect((await there.list()).find(({ id }) => id === 'a')).toEqual(newReplica('a'));
    await removeA();
    expect((await there.list()).map(({ id }) => id)).toEqual(['b']);
    await removeB();
    expect(await here.list()).toEqual([]);
  });

  it('drops a replica that died after the TTL', async () => {
    const redis = replicas.replica();
    const dying = createRedisReplicaRegistry({ redis, ttlMs });
    const watching = open();
    const stopHeartbeats = dying.register(newReplica('dying'));
    await until(watching, ['dying']);
    await redis.close();
    await until(watching, []);
    await stopHeartbeats();
  });
});
