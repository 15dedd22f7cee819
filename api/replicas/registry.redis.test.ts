import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../process/eventually.testing.ts';
import { describeWithRedis, openReplicas } from '../redis/server.testing.ts';
import { createRedisPresence } from './registry.redis.ts';
import type { Replica } from './registry.ts';

const newReplica = (id: string): Replica => ({ id, version: '1.2.3', worker: true, secretHash: 'abc' });

describeWithRedis('which replicas there are', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  const open = () => createRedisPresence({ redis: replicas.replica(), lifetimeMs: 300 });

  const until = (presence: ReturnType<typeof open>, ids: readonly string[]) =>
    eventually(
      async () => (await presence.replicas()).map(({ id }) => id).sort(),
      (present) => present.join() === ids.join(),
    );

  it('is known to all of them, for as long as they are there', async () => {
    const [here, there] = [open(), open()];
    const leave = here.join(newReplica('a'));
    const leaveToo = there.join(newReplica('b'));
    await until(here, ['a', 'b']);
    await sleep(400);
    expect((await there.replicas()).map(({ id }) => id).sort()).toEqual(['a', 'b']);
    expect((await there.replicas()).find(({ id }) => id === 'a')).toEqual(newReplica('a'));
    await leave();
    expect((await there.replicas()).map(({ id }) => id)).toEqual(['b']);
    await leaveToo();
    expect(await here.replicas()).toEqual([]);
  });

  it('leaves out one that died, after a while', async () => {
    const redis = replicas.replica();
    const dying = createRedisPresence({ redis, lifetimeMs: 300 });
    const watching = open();
    dying.join(newReplica('dying'));
    await until(watching, ['dying']);
    await redis.close();
    await until(watching, []);
  });
});
