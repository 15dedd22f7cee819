import { Failure } from '../../errors/failures.ts';
import { createIds } from '../../process/ids.ts';
import {
  createOwnCluster,
  createOwnRedis,
  describeWithOwnRedis,
  describeWithRedis,
  openReplicas,
} from '../../redis/server.testing.ts';
import { describeBackendSlots } from './backendSlots.contract.ts';
import { createRedisBackendSlots } from './backendSlots.redis.ts';
import type { BackendSlot, BackendSlots } from './backendSlots.ts';

const ids = createIds();
const lifetimeMs = 600;

const openOn = (replicas: ReturnType<typeof openReplicas>): BackendSlots =>
  createRedisBackendSlots({ redis: replicas.replica(), nextId: ids.next, lifetimeMs });

/** Asks again and again for as long as a place may be held after its replica died, and a little longer. */
async function retryWhileUnavailable(backendSlots: BackendSlots, backend: string): Promise<BackendSlot> {
  const until = performance.now() + 3 * lifetimeMs;
  while (performance.now() < until) {
    const lease = await backendSlots.acquire([[backend]], 1);
    if (lease) return lease;
  }
  throw new Error(`no place at ${backend} became free`);
}

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  describeBackendSlots('backendSlots on Redis', () => openOn(replicas));

  it('are counted over all replicas', async () => {
    const [here, there] = [openOn(replicas), openOn(replicas)];
    const places = await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 ? here : there).acquire([['one', 'other']], 2)),
    );
    const backends = places.flatMap((lease) => lease?.backend ?? []).sort();
    expect(backends).toEqual(['one', 'one', 'other', 'other']);
    const told = Promise.withResolvers<void>();
    there.onRelease(() => told.resolve());
    await here.close();
    await told.promise;
    await there.close();
  });

  it('are held for as long as their replica lives, and freed soon after it died', async () => {
    const [dying, living] = [replicas.replica(), openOn(replicas)];
    const lost = createRedisBackendSlots({ redis: dying, nextId: ids.next, lifetimeMs });
    await lost.acquire([['held']], 1);
    const until = performance.now() + 2 * lifetimeMs;
    while (performance.now() < until) expect(await living.acquire([['held']], 1)).toBeNull();
    // Its connections are cut, as a kill would cut them: it renews nothing, and gives nothing back.
    await dying.close();
    expect(await retryWhileUnavailable(living, 'held')).toMatchObject({ backend: 'held' });
    await lost.close();
    await living.close();
  });
});

describeWithOwnRedis('backendSlots on a cluster', () => {
  it('work', async () => {
    const server = await createOwnCluster();
    const replicas = openReplicas('', server.url);
    const backendSlots = openOn(replicas);
    const first = await backendSlots.acquire([['http://a:1', 'http://b:1']], 1);
    const second = await backendSlots.acquire([['http://a:1', 'http://b:1']], 1);
    expect([first?.backend, second?.backend]).toEqual(['http://a:1', 'http://b:1']);
    await backendSlots.close();
    await replicas.close();
    await server.remove();
  }, 20_000);
});

describeWithOwnRedis('backendSlots on a Redis that loses all it had', () => {
  it('are refused while it is away, and known again when it is back', async () => {
    const server = await createOwnRedis('--appendonly', 'no');
    await server.start();
    const replicas = openReplicas('', server.url);
    const [here, there] = [openOn(replicas), openOn(replicas)];
    const lease = await here.acquire([['a']], 1);
    await server.kill();
    await expect(here.acquire([['a']], 1)).rejects.toBeInstanceOf(Failure);
    await server.start();
    // Whether another got in before the first one was renewed is open; both count then.
    const until = performance.now() + 3000;
    const taken: BackendSlot[] = [];
    while (performance.now() < until) {
      const more = await there.acquire([['a']], 1).catch(() => null);
      if (more) taken.push(more);
    }
    expect(taken.length).toBeLessThanOrEqual(1);
    await Promise.all(taken.map((each) => each.release()));
    expect(await there.acquire([['a']], 1)).toBeNull();
    await lease?.release();
    expect(await there.acquire([['a']], 1)).not.toBeNull();
    await here.close();
    await there.close();
    await replicas.close();
    await server.remove();
  }, 20_000);
});
