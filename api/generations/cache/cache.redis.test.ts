import { describeWithRedis, openReplicas } from '../../redis/server.testing.ts';
import { describeResponseCache } from './cache.contract.ts';
import { createRedisCache } from './cache.redis.ts';

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());

  describeResponseCache(async (ttlMs) => ({
    here: createRedisCache({ redis: replicas.replica(), ttlMs }),
    there: createRedisCache({ redis: replicas.replica(), ttlMs }),
  }));
});
