import { describeWithRedis, openReplicas } from '../../redis/temporary.ts';
import { describePlaces } from './places.contract.ts';
import { createRedisPlaces } from './places.redis.ts';

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  const open = () => createRedisPlaces(replicas.replica());
  describePlaces(() => ({ here: open(), there: open() }));
});
