import { createIds } from '../ids.ts';
import { describeWithRedis, openReplicas } from '../redis/temporary.ts';
import { createRedisLeases } from './leases.redis.ts';
import { hello, never, openPool, startMember } from './pool.testing.ts';

describeWithRedis('pools of several replicas', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());

  it('never run more at one engine than it has slots, and leave no slot unused', async () => {
    const script = { tokens: ['a', 'b', 'c', 'd'], tokensPerSecond: 100 };
    const members = await Promise.all([startMember(script), startMember(script)]);
    const ids = createIds();
    const leases = [1, 2, 3].map(() => createRedisLeases({ redis: replicas.replica(), nextId: ids.next }));
    const pools = await Promise.all(
      leases.map((each) => openPool(members, { slotsPerBackend: 2, leases: each })),
    );
    const most = [0, 0];
    const answers = Array.from({ length: 30 }, async (_, index) => {
      let text = '';
      for await (const chunk of pools[index % 3]?.pool.generate(hello, never) ?? []) {
        members.forEach(({ running }, at) => {
          most[at] = Math.max(most[at] ?? 0, running);
        });
        if (chunk.type === 'text') text += chunk.text;
      }
      return text;
    });
    expect(await Promise.all(answers)).toEqual(answers.map(() => 'abcd'));
    expect(most).toEqual([2, 2]);
    await Promise.all(pools.map(({ pool }) => pool.close()));
    await Promise.all(leases.map((each) => each.close()));
    await Promise.all(members.map((member) => member.close()));
  }, 20_000);
});
