import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRedis, openReplicas } from '../../redis/server.testing.ts';
import { describeReservationStore } from './store.contract.ts';
import { createRedisReservationStore } from './store.redis.ts';
import { maxLeaseMs } from './store.ts';

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  // Redis's clock can't be moved here.
  describeReservationStore(
    () => ({
      here: createRedisReservationStore(replicas.replica()),
      there: createRedisReservationStore(replicas.replica()),
    }),
    async (ms) => sleep(ms),
  );

  it('limits a reservation to the maximum lease after Redis’s clock was set back', async () => {
    const redis = replicas.replica();
    const reservationStore = createRedisReservationStore(redis);
    const owner = crypto.randomUUID();
    const key = `${redis.prefix}spending:${owner}`;
    // A reservation that was written while Redis's clock was an hour ahead.
    const then = Date.now() + 3_600_000;
    await redis.ask((client) => client.hset(key, 'dead', `60 1 ${then} ${then + 30_000} 0`));
    const request = {
      ownerId: owner,
      id: 'other',
      attempt: 1,
      minTokens: 41,
      wantedTokens: 41,
      availableTokens: 100,
      version: 0,
    };
    expect(await reservationStore.reserve({ ...request, leaseMs: 1000 })).toMatchObject({
      outcome: 'REJECTED',
      others: 60,
    });
    const value = await redis.ask((client) => client.hget(key, 'dead'));
    const [, , since = Number.NaN, ends = Number.NaN] = (value ?? '').split(' ').map(Number);
    const [seconds] = await redis.ask((client) => client.time());
    expect(since).toBeLessThanOrEqual((Number(seconds) + 1) * 1000);
    expect(ends).toBeLessThanOrEqual((Number(seconds) + 1) * 1000 + maxLeaseMs);
  });
});
