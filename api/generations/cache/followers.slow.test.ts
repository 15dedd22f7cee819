import { jest } from '@jest/globals';
import { Failure } from '../../errors/failures.ts';
import { startTestApp, type TestApp } from '../../http/testing/app.testing.ts';
import { createOwnRedis, describeWithOwnRedis, type OwnRedis, silent } from '../../redis/server.testing.ts';
import { createMemoryAdapters } from '../../replicas/shared.memory.ts';
import { connectRedisAdapters } from '../../replicas/shared.redis.ts';
import type { SharedAdapters } from '../../replicas/shared.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import type { Stores } from '../../stores/stores.ts';
import type { GenerationStatus } from '../generation.ts';
import { createEnqueueRetries } from '../run/enqueue.ts';
import { requeueOrphans } from '../run/recovery.ts';

const options = { temperature: 0 };
const words = (count: number) => Array.from({ length: count }, (_, index) => `${index} `);

const describeFollowers = (open: () => Promise<SharedAdapters>): void => {
  describe('followers in the response cache', () => {
    let app: TestApp;
    let stores: Stores;
    let adapters: SharedAdapters;
    beforeEach(async () => {
      stores = await openTemporaryStores();
      adapters = await open();
      app = await startTestApp({ slots: 1, shared: { stores, adapters } });
    });
    afterEach(() => app.stop());

    /** Returns the id in the store. */
    const start = async (prompt: string): Promise<string> => {
      const query = 'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }';
      await app.graphql(query, { input: { prompt, options } });
      const all = await stores.generations.unfinishedAnyOwner();
      return all.at(-1)?.id ?? '';
    };
    const find = async (id: string) => {
      const generation = await stores.generations.findAnyOwner(id);
      if (!generation) throw new Error('the generation is missing');
      return generation;
    };
    /** Resolves once all have this status, which is stored before its event is published. */
    const are = async (ids: readonly string[], status: GenerationStatus) => {
      for (const id of ids) {
        let changed = Promise.withResolvers<void>();
        const wake = () => changed.resolve();
        const stop = await adapters.journal.listen(id, { delta: wake, changed: wake, ended: wake });
        while ((await find(id)).status !== status) {
          await changed.promise;
          changed = Promise.withResolvers();
        }
        await stop();
      }
    };
    const enqueueRetries = createEnqueueRetries();
    const recover = () =>
      requeueOrphans({ ...stores, ...adapters, enqueueRetries, clock: () => new Date(), log: silent });

    it('are not requeued by recovery while they wait and run, and are computed once', async () => {
      app.standin.play({ tokens: words(30), tokensPerSecond: 15 });
      const running = [await start('Running?'), await start('Running?'), await start('Running?')];
      await are(running, 'RUNNING');
      const waiting = [await start('Waiting?'), await start('Waiting?')];
      expect(await Promise.all(waiting.map((id) => adapters.queue.position(id)))).toEqual([1, 1]);
      await Promise.all([recover(), recover()]);
      await recover();
      await are([...running, ...waiting], 'COMPLETED');
      const all = await Promise.all([...running, ...waiting].map(find));
      expect(all.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1]);
      expect(all.map(({ cached }) => cached)).toEqual([false, true, true, false, true]);
      expect(app.standin.chats).toHaveLength(2);
      const texts = await Promise.all(
        all.map(({ ownerId, messageId }) => stores.messages.find(ownerId, messageId ?? '')),
      );
      expect(texts.map((message) => message?.content)).toEqual(Array(5).fill(words(30).join('')));
      for (const { id } of all) expect(await adapters.queue.has(id)).toBe(false);
    }, 30_000);

    it('complete though the cache is unavailable for a moment at the end of their leader', async () => {
      app.standin.play({ tokens: words(20), tokensPerSecond: 20 });
      const [leader, follower] = [await start('Running?'), await start('Running?')];
      await are([leader, follower], 'RUNNING');
      const { cache } = adapters;
      const read = cache.find;
      const failed = jest.fn(() =>
        Promise.reject(new Failure('SERVICE_UNAVAILABLE', 'The cache is unavailable.')),
      );
      Object.assign(cache, {
        find: (key: string) => (failed.mock.calls.length === 0 ? failed() : read.call(cache, key)),
      });
      await are([leader, follower], 'COMPLETED');
      expect(failed).toHaveBeenCalledTimes(1);
      expect((await find(follower)).cached).toBe(true);
      expect(app.standin.chats).toHaveLength(1);
    }, 30_000);

    it('can be cancelled while they wait, which removes them from the queue', async () => {
      app.standin.play({ tokens: words(300), tokensPerSecond: 10 });
      const busy = await start('Busy?');
      await are([busy], 'RUNNING');
      const [leader, follower] = [await start('Waiting?'), await start('Waiting?')];
      expect(await adapters.queue.has(follower)).toBe(true);
      const { ownerId } = await find(follower);
      const cancel = 'mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { status } } }';
      const globalId = Buffer.from(`Generation:${follower}`).toString('base64');
      await app.graphql(cancel, { id: globalId });
      expect((await stores.generations.find(ownerId, follower))?.status).toBe('CANCELLED');
      expect(await adapters.queue.has(follower)).toBe(false);
      expect(await adapters.queue.position(leader)).toBe(1);
    }, 30_000);
  });
};

describe('in one process', () => describeFollowers(async () => createMemoryAdapters({ cacheMs: 60_000 })));

describeWithOwnRedis('on Redis', () => {
  let redis: OwnRedis;
  beforeAll(async () => {
    redis = await createOwnRedis();
    await redis.start();
  });
  afterAll(() => redis.remove());

  describeFollowers(async () =>
    connectRedisAdapters({ url: redis.url, log: silent, globalSlots: () => 1, cacheMs: 60_000 }),
  );

  it('are queued when the replica that holds them stops', async () => {
    const connect = () =>
      connectRedisAdapters({ url: redis.url, log: silent, globalSlots: () => 1, cacheMs: 60_000 });
    const stores = await openTemporaryStores();
    const other = connect();
    const app = await startTestApp({ slots: 1, shared: { stores, adapters: connect() } });
    app.standin.play({ tokens: words(600), tokensPerSecond: 10 });
    const start = (prompt: string) =>
      app.graphql('mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }', {
        input: { prompt, options },
      });
    for (const prompt of ['Busy?', 'Waiting?', 'Waiting?']) await start(prompt);
    const [, leader, follower] = await stores.generations.unfinishedAnyOwner();
    if (!leader || !follower) throw new Error('three were started');
    expect(await other.queue.position(follower.id)).toBe(await other.queue.position(leader.id));
    const waitingBefore = await other.queue.waitingCount();
    await app.stop();
    expect(await other.queue.waitingCount()).toBeGreaterThan(waitingBefore);
    expect(await other.queue.position(follower.id)).not.toBe(await other.queue.position(leader.id));
    expect(await other.queue.has(follower.id)).toBe(true);
    await other.close();
  }, 30_000);
});
