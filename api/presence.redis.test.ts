import { eventually } from './eventually.testing.ts';
import { createRedisPresence } from './presence.redis.ts';
import type { Replica } from './presence.ts';
import { describeWithRedis, openReplicas } from './redis/temporary.ts';

const newReplica = (id: string): Replica => ({ id, version: '1.2.3', worker: true, secretHash: 'abc' });

describeWithRedis('which replicas there are', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  const open = () => createRedisPresence({ redis: replicas.replica(), lifetimeMs: 300 });

  const idsIn = async (presence: ReturnType<typeof open>) =>
    (await presence.replicas()).map(({ id }) => id).sort();

  const until = (presence: ReturnType<typeof open>, ids: readonly string[]) =>
    eventually(
      () => idsIn(presence),
      (present) => present.join() === ids.join(),
    );

  /** Announces a replica that dies at once: it is left out when its lifetime is over by Redis's clock. */
  const announceDying = async (id: string) => {
    const redis = replicas.replica();
    createRedisPresence({ redis, lifetimeMs: 300 }).announce(newReplica(id));
    await until(open(), [...(await idsIn(open())), id].sort());
    await redis.close();
  };

  it('is known to all of them, for as long as they are there', async () => {
    const [here, there] = [open(), open()];
    const leave = here.announce(newReplica('a'));
    const leaveToo = there.announce(newReplica('b'));
    await until(here, ['a', 'b']);
    // Those that live are still there when one that was announced after them is not.
    await announceDying('c');
    await eventually(
      () => idsIn(there),
      (present) => !present.includes('c'),
    );
    expect(await idsIn(there)).toEqual(['a', 'b']);
    expect((await there.replicas()).find(({ id }) => id === 'a')).toEqual(newReplica('a'));
    await leave();
    expect((await there.replicas()).map(({ id }) => id)).toEqual(['b']);
    await leaveToo();
    expect(await here.replicas()).toEqual([]);
  });

  it('leaves out one that died, after a while', async () => {
    await announceDying('dying');
    const watching = open();
    await until(watching, []);
    expect(await watching.replicas()).toEqual([]);
  });
});
