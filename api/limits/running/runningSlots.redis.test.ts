import { describeWithRedis, openReplicas } from '../../redis/server.testing.ts';
import { describeRunningSlots } from './runningSlots.contract.ts';
import { createRedisRunningSlots } from './runningSlots.redis.ts';

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  const open = () => createRedisRunningSlots(replicas.replica());
  describeRunningSlots(() => ({ here: open(), there: open() }));
});
