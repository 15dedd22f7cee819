import { eventually } from '../process/eventually.testing.ts';
import { createRedisLease } from './lease.ts';
import { describeWithRedis, openReplicas } from './server.testing.ts';

describeWithRedis('a lease', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());

  it('is acquired by one replica at a time, and again after it expires', async () => {
    const leases = [1, 2, 3].map(() => createRedisLease(replicas.replica()));
    const got = await Promise.all(leases.map((lease) => lease('sweep', 200)));
    expect(got.filter((isOurs) => isOurs)).toHaveLength(1);
    expect(await leases[0]?.('another', 200)).toBe(true);
    await eventually(async () => leases[0]?.('sweep', 60_000), Boolean);
    expect(await leases[1]?.('sweep', 60_000)).toBe(false);
  });
});
