import { eventually } from '../process/eventually.testing.ts';
import { createRedisLease } from './lease.ts';
import { describeWithRedis, openReplicas } from './server.testing.ts';

describeWithRedis('a lease', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());

  it('is one replica’s at a time, and somebody’s again when its time is over', async () => {
    const backendSlots = [1, 2, 3].map(() => createRedisLease(replicas.replica()));
    const got = await Promise.all(backendSlots.map((lease) => lease('sweep', 200)));
    expect(got.filter((ours) => ours)).toHaveLength(1);
    expect(await backendSlots[0]?.('another', 200)).toBe(true);
    await eventually(async () => backendSlots[0]?.('sweep', 60_000), Boolean);
    expect(await backendSlots[1]?.('sweep', 60_000)).toBe(false);
  });
});
