import { createOwnRedis, describeWithOwnRedis, describeWithRedis, openReplicas } from '../redis/temporary.ts';
import { describeThrottle } from './throttle.contract.ts';
import { createMemoryThrottle } from './throttle.memory.ts';
import { createRedisThrottle } from './throttle.redis.ts';

describeWithRedis('on Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  describeThrottle('the sign-in throttle of several replicas', () =>
    createRedisThrottle({ redis: replicas.replica(), fallback: createMemoryThrottle() }),
  );
});

describeWithOwnRedis('the sign-in throttle while its Redis is away', () => {
  it('counts by itself', async () => {
    const server = await createOwnRedis();
    await server.start();
    const replicas = openReplicas('', server.url);
    const throttle = createRedisThrottle({ redis: replicas.replica(), fallback: createMemoryThrottle() });
    const attempt = () => throttle.attempt({ username: 'ada', address: '192.0.2.1', at: new Date(0) });
    await attempt();
    await server.kill();
    for (let count = 0; count < 5; count += 1) await attempt();
    await expect(attempt()).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfter: 1 } });
    await replicas.close();
    await server.remove();
  }, 30_000);
});
