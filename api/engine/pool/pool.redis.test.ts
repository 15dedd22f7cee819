import { eventually } from '../../process/eventually.testing.ts';
import { createIds } from '../../process/ids.ts';
import {
  createOwnRedis,
  describeWithOwnRedis,
  describeWithRedis,
  openReplicas,
} from '../../redis/server.testing.ts';
import { createRedisBackendSlots } from './backendSlots.redis.ts';
import { hello, never, openPool, outcomeOf, startMember } from './pool.testing.ts';

describeWithRedis('pools of several replicas', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());

  it('never exceed the slots of a backend, and use them all', async () => {
    const script = { tokens: ['a', 'b', 'c', 'd'], tokensPerSecond: 100 };
    const members = await Promise.all([startMember(script), startMember(script)]);
    const ids = createIds();
    const backendSlots = [1, 2, 3].map(() =>
      createRedisBackendSlots({ redis: replicas.replica(), nextId: ids.next }),
    );
    const pools = await Promise.all(
      backendSlots.map((each) => openPool(members, { slotsPerBackend: 2, backendSlots: each })),
    );
    const maxRunning = [0, 0];
    const answers = Array.from({ length: 30 }, async (_, index) => {
      let text = '';
      for await (const chunk of pools[index % 3]?.pool.generate(hello, never) ?? []) {
        members.forEach(({ running }, at) => {
          maxRunning[at] = Math.max(maxRunning[at] ?? 0, running);
        });
        if (chunk.type === 'text') text += chunk.text;
      }
      return text;
    });
    expect(await Promise.all(answers)).toEqual(answers.map(() => 'abcd'));
    expect(maxRunning).toEqual([2, 2]);
    await Promise.all(pools.map(({ pool }) => pool.close()));
    await Promise.all(backendSlots.map((each) => each.close()));
    await Promise.all(members.map((member) => member.close()));
  }, 20_000);
});

describeWithOwnRedis('a pool that loses its Redis', () => {
  it('finishes running answers, fails new requests after `uncountedMs`, and recovers when Redis does', async () => {
    const server = await createOwnRedis();
    await server.start();
    const replica = openReplicas('', server.url);
    const member = await startMember({
      tokens: Array.from({ length: 60 }, () => 'on '),
      tokensPerSecond: 100,
    });
    const backendSlots = createRedisBackendSlots({ redis: replica.replica(), nextId: createIds().next });
    const withGracePeriod = await openPool([member], { backendSlots });
    const failFast = await openPool([member], { backendSlots, times: { uncountedMs: 0 } });
    const running = outcomeOf(withGracePeriod.pool);
    await eventually(() => member.running === 1, Boolean);
    await server.kill();
    expect((await outcomeOf(failFast.pool)).error).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('Redis'),
    });
    expect(await running).toEqual({ text: 'on '.repeat(60), error: null });
    // A request that is waiting when Redis comes back succeeds.
    const waiting = outcomeOf(withGracePeriod.pool);
    await server.start();
    expect((await waiting).error).toBeNull();
    await withGracePeriod.pool.close();
    await failFast.pool.close();
    await backendSlots.close();
    await replica.close();
    await member.close();
    await server.remove();
  }, 30_000);
});
