import { describeWithRedis, openReplicas } from '../redis/temporary.ts';
import { describeSpending } from './spending.contract.ts';
import { createRedisSpending } from './spending.redis.ts';

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  describeSpending(() => ({
    here: createRedisSpending(replicas.replica()),
    there: createRedisSpending(replicas.replica()),
  }));

  it('forgets an answer that is not spoken of any more', async () => {
    const redis = replicas.replica();
    const spending = createRedisSpending(redis);
    const owner = crypto.randomUUID();
    // As a replica that died 31 seconds ago has left it.
    const key = `${redis.prefix}spending:${owner}`;
    await redis.ask((client) => client.hset(key, 'dead', `5 ${Date.now() - 31_000}`));
    expect(await spending.report(owner, 'alive', 1)).toBe(0);
    expect(await redis.ask((client) => client.hkeys(key))).toEqual(['alive']);
  });
});
