import { createIds } from '../process/ids.ts';
import { describeWithRedis, openReplicas } from '../redis/server.testing.ts';
import { describeLimits } from './limits.contract.ts';
import { createRedisLimits } from './limits.redis.ts';

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  const open = () => createRedisLimits({ redis: replicas.replica(), nextId: createIds().next });
  describeLimits(() => ({ here: open(), there: open() }));
});
