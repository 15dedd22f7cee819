import {
  createOwnRedis,
  describeWithOwnRedis,
  describeWithRedis,
  openReplicas,
} from '../../redis/server.testing.ts';
import { describeThrottle } from './throttle.contract.ts';
import { createMemoryThrottle } from './throttle.memory.ts';
import { createRedisThrottle } from './throttle.redis.ts';

describeWithRedis('on Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  describeThrottle('the sign-in throttle of several replicas', (shiftMs) =>
    createRedisThrottle({ redis: replicas.replica(), fallback: createMemoryThrottle(), shiftMs }),
  );

  it.each([3_600_000, 86_400_000])(
    'requires no longer wait if the clock of Redis is set back by %d ms',
    async (back) => {
      let shift = back;
      const redis = replicas.replica();
      const throttle = createRedisThrottle({ redis, fallback: createMemoryThrottle(), shiftMs: () => shift });
      const from = { username: `ada-${back}`, address: '192.0.2.77' };
      for (let count = 0; count < 6; count += 1) {
        await throttle.attempt(from).catch(() => {});
      }
      shift = 0;
      // The wait of one second starts again; it does not become an hour.
      await expect(throttle.attempt(from)).rejects.toMatchObject({ details: { retryAfter: 1 } });
      shift += 1000;
      await throttle.attempt(from);
    },
  );
});

describeWithOwnRedis('the sign-in throttle while Redis is unavailable', () => {
  it('counts in this replica only', async () => {
    const server = await createOwnRedis();
    await server.start();
    const replicas = openReplicas('', server.url);
    const throttle = createRedisThrottle({
      redis: replicas.replica(),
      fallback: createMemoryThrottle(() => 0),
    });
    const attempt = () => throttle.attempt({ username: 'ada', address: '192.0.2.1' });
    await attempt();
    await server.kill();
    for (let count = 0; count < 5; count += 1) await attempt();
    await expect(attempt()).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfter: 1 } });
    await replicas.close();
    await server.remove();
  }, 30_000);
});
