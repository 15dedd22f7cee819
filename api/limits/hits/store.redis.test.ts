import { describeWithRedis, openReplicas } from '../../redis/server.testing.ts';
import { describeHits } from './store.contract.ts';
import { createRedisLimitHits } from './store.redis.ts';
import { limitHitKey } from './store.ts';

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  describeHits(() => ({
    here: createRedisLimitHits(replicas.replica()),
    there: createRedisLimitHits(replicas.replica()),
  }));

  it('starts a new count for a caller that has not been limited for a day', async () => {
    const redis = replicas.replica();
    const hits = createRedisLimitHits(redis);
    const hit = { limit: 'QUOTA', userId: crypto.randomUUID(), address: null } as const;
    const [key, yesterday] = [`${redis.prefix}hits`, Date.now() - 86_400_000 - 2000];
    await redis.ask((client) => client.hset(key, limitHitKey(hit), `7 ${yesterday} ${yesterday}`));
    expect((await hits.recent()).some(({ userId }) => userId === hit.userId)).toBe(false);
    await hits.add([{ ...hit, count: 1 }]);
    const found = (await hits.recent()).find(({ userId }) => userId === hit.userId);
    expect(found).toMatchObject({ count: 1 });
  });
});
