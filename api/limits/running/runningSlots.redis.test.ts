import { describeWithRedis, openReplicas } from '../../redis/temporary.ts';
import { describePlaces } from './runningSlots.contract.ts';
import { createRedisPlaces } from './runningSlots.redis.ts';

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  const open = () => createRedisPlaces(replicas.replica());
  describePlaces(() => ({ here: open(), there: open() }));
});
