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

const openOn = (replicas: ReturnType<typeof openReplicas>, slotLifetimeMs = lifetimeMs): BackendSlots =>
  createRedisBackendSlots({ redis: replicas.replica(), nextId: ids.next, lifetimeMs: slotLifetimeMs });

/** Polls for longer than a slot outlives its replica. */
async function acquireAfterExpiry(
  backendSlots: BackendSlots,
  backend: string,
  place?: string,
): Promise<BackendSlot> {
  const until = performance.now() + 3 * lifetimeMs;
  while (performance.now() < until) {
    const slot = await backendSlots.acquire([[backend]], 1, place);
    if (slot) return slot;
  }
  throw new Error(`no slot at ${backend} became free`);
}

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  describeBackendSlots('backend slots on Redis', () => openOn(replicas));

  it('are counted over all replicas', async () => {
    const [here, there] = [openOn(replicas), openOn(replicas)];
    const groups = [['one', 'other']];
    // Whichever replica connects first could otherwise get all slots.
    const first = [await here.acquire(groups, 2), await there.acquire(groups, 2)];
    const others = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? here : there).acquire(groups, 2)),
    );
    const backends = [...first, ...others].flatMap((slot) => slot?.backend ?? []).sort();
    expect(backends).toEqual(['one', 'one', 'other', 'other']);
    const released = Promise.withResolvers<void>();
    there.onRelease(() => released.resolve());
    await here.close();
    await released.promise;
    await there.close();
  });

  it('keep places for a replica that died no longer than a place lives', async () => {
    const [here, dying] = [openOn(replicas), replicas.replica()];
    const lost = createRedisBackendSlots({ redis: dying, nextId: ids.next, lifetimeMs, placeMs: 300 });
    const slot = await here.acquire([['placed']], 1);
    expect(await lost.acquire([['placed']], 1, '1')).toBeNull();
    await dying.close();
    await slot?.release();
    expect(await here.acquire([['placed']], 1, '2')).toBeNull();
    const again = await acquireAfterExpiry(here, 'placed', '2');
    expect(again).toMatchObject({ backend: 'placed' });
    await lost.close();
    await here.close();
  });

  it('are held while their replica lives, and expire soon after it died', async () => {
    const [dying, living] = [replicas.replica(), openOn(replicas)];
    const lost = createRedisBackendSlots({ redis: dying, nextId: ids.next, lifetimeMs });
    await lost.acquire([['held']], 1);
    const until = performance.now() + 2 * lifetimeMs;
    while (performance.now() < until) expect(await living.acquire([['held']], 1)).toBeNull();
    // Closes its connections as a kill would: it neither renews nor releases its slots.
    await dying.close();
    expect(await acquireAfterExpiry(living, 'held')).toMatchObject({ backend: 'held' });
    await lost.close();
    await living.close();
  });
});

describeWithOwnRedis('backend slots on a Redis cluster', () => {
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

describeWithOwnRedis('backend slots on a Redis that loses its data', () => {
  it('cannot be acquired during an outage, and are still held after it', async () => {
    const server = await createOwnRedis('--appendonly', 'no');
    await server.start();
    const replicas = openReplicas('', server.url);
    // No slot may expire while the loop below competes with its renewal on a busy core.
    const [here, there] = [openOn(replicas, 3000), openOn(replicas, 3000)];
    const slot = await here.acquire([['a']], 1);
    await server.kill();
    await expect(here.acquire([['a']], 1)).rejects.toBeInstanceOf(Failure);
    await server.start();
    // Another request may acquire a slot before the first one is renewed; then both count.
    const until = performance.now() + 3000;
    const acquired: BackendSlot[] = [];
    while (performance.now() < until) {
      const more = await there.acquire([['a']], 1).catch(() => null);
      if (more) acquired.push(more);
    }
    expect(acquired.length).toBeLessThanOrEqual(1);
    await Promise.all(acquired.map((each) => each.release()));
    expect(await there.acquire([['a']], 1)).toBeNull();
    await slot?.release();
    expect(await there.acquire([['a']], 1)).not.toBeNull();
    await here.close();
    await there.close();
    await replicas.close();
    await server.remove();
  }, 20_000);
});
