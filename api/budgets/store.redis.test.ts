import { eventually } from '../process/eventually.testing.ts';
import { createIds } from '../process/ids.ts';
import {
  createOwnRedis,
  describeWithOwnRedis,
  describeWithRedis,
  openReplicas,
} from '../redis/server.testing.ts';
import type { Holder } from './budget.ts';
import { describeBudgets } from './store.contract.ts';
import { createRedisBudgets } from './store.redis.ts';

const { next: nextId } = createIds();
const holder: Holder = { kind: 'USER', id: 'one' };

/** Polls until it holds: a lease expires by Redis's clock, without a notification. */
const until = (isSo: () => Promise<boolean>) => eventually(isSo, (so) => so);

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  const open = () => createRedisBudgets({ redis: replicas.replica(), nextId });
  describeBudgets(() => ({ here: open(), there: open() }));
});

describeWithRedis('leases on the shared Redis', () => {
  it('expire with their process, and are renewed while it lives', async () => {
    const replicas = openReplicas();
    const dying = replicas.replica();
    const [dead, alive] = [
      createRedisBudgets({ redis: dying, nextId, leaseMs: 300 }),
      createRedisBudgets({ redis: replicas.replica(), nextId, leaseMs: 300 }),
    ];
    const claims = [{ holder, limit: 3 }];
    expect(await dead.acquire('STREAMS', claims, 1)).toBeNull();
    expect(await alive.acquire('STREAMS', claims, 2)).toBeNull();
    expect(await alive.acquire('STREAMS', claims, 1)).toMatchObject({ held: 3 });
    // The process crashes: its connection is closed, and its leases are no longer renewed.
    await dying.close();
    await until(async () => (await alive.acquire('STREAMS', claims, 1)) === null);
    // The other leases were renewed; otherwise more could be acquired now.
    expect(await alive.acquire('STREAMS', claims, 1)).toMatchObject({ held: 3 });
    await alive.close();
    await dead.close();
    await replicas.close();
  });
});

describeWithOwnRedis('a Redis that fails', () => {
  it('leaves each process its limits, and gets correct counts afterwards', async () => {
    const redis = await createOwnRedis();
    await redis.start();
    const replicas = openReplicas('test:', redis.url);
    const here = createRedisBudgets({ redis: replicas.replica(), nextId, leaseMs: 600 });
    const there = createRedisBudgets({ redis: replicas.replica(), nextId, leaseMs: 600 });
    const claims = [{ holder, limit: 2 }];
    expect(await here.acquire('SOCKETS', claims, 1)).toBeNull();
    await redis.kill();
    expect(await here.acquire('SOCKETS', claims, 1)).toBeNull();
    expect(await here.acquire('SOCKETS', claims, 1)).toMatchObject({ held: 2 });
    await redis.start();
    await until(async () => (await there.holdings()).some(({ amount }) => amount === 2));
    expect(await there.acquire('SOCKETS', claims, 1)).toMatchObject({ held: 2 });
    here.release('SOCKETS', [holder], 2);
    await until(async () => (await there.acquire('SOCKETS', claims, 2)) === null);
    await here.close();
    await there.close();
    await replicas.close();
    await redis.remove();
  }, 30_000);
});
