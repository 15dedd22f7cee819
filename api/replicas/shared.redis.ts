import type { Logger } from 'pino';
import { createRedisBudgets } from '../budgets/store.redis.ts';
import { createRedisBackendSlots } from '../engine/pool/backendSlots.redis.ts';
import { createRedisCache } from '../generations/cache/cache.redis.ts';
import { createRedisJournal } from '../generations/journal/journal.redis.ts';
import { createBullmqQueue } from '../generations/queue/queue.bullmq.ts';
import { createRedisLimitHits } from '../limits/hits/store.redis.ts';
import { createRedisLimits } from '../limits/limits.redis.ts';
import { createRedisRunningSlots } from '../limits/running/runningSlots.redis.ts';
import { createMemoryThrottle } from '../limits/throttle/throttle.memory.ts';
import { createRedisThrottle } from '../limits/throttle/throttle.redis.ts';
import { createIds } from '../process/ids.ts';
import { createRedisBus } from '../realtime/bus.redis.ts';
import { connectRedis } from '../redis/connection.ts';
import { createRedisLease } from '../redis/lease.ts';
import { createRedisReservationStore } from '../usage/reservations/store.redis.ts';
import { watchEarlierReplicas } from './earlierReplicas.ts';
import { createRedisReplicaRegistry } from './registry.redis.ts';
import type { SharedAdapters } from './shared.ts';

export interface RedisAdaptersDeps {
  /** In the format of `parseRedisUrl`. */
  readonly url: string;
  readonly log: Logger;
  /** The maximum number of running generations on all replicas together; null: the sum of their slots. */
  readonly globalSlots: () => number | null;
  /** How long the response cache keeps an answer, in milliseconds. */
  readonly cacheMs: number;
}

/**
 * Creates the state that replicas share on one Redis. Connects in the background, and reconnects when the connection is
 * lost.
 *
 * @throws RedisUrlUnusable
 */
export const connectRedisAdapters = (deps: RedisAdaptersDeps): SharedAdapters => {
  const { url, log, globalSlots, cacheMs } = deps;
  const redis = connectRedis({ url, log });
  const bus = createRedisBus(redis);
  const replicaRegistry = createRedisReplicaRegistry({ redis });
  const earlierReplicas = watchEarlierReplicas(replicaRegistry);
  const journal = createRedisJournal(redis, earlierReplicas);
  const queue = createBullmqQueue({ redis, bus, log, globalSlots });
  const cache = createRedisCache({ redis, ttlMs: cacheMs });
  const { next: nextId } = createIds();
  const backendSlots = createRedisBackendSlots({ redis, nextId });
  const lease = createRedisLease(redis);
  const budgets = createRedisBudgets({ redis, nextId });

  return {
    isShared: true,
    bus,
    journal,
    queue,
    cache,
    replicaRegistry,
    limits: createRedisLimits({ redis, nextId }),
    runningSlots: createRedisRunningSlots(redis),
    budgets,
    limitHits: createRedisLimitHits(redis),
    reservationStore: createRedisReservationStore(redis),
    backendSlots,
    throttle: createRedisThrottle({ redis, fallback: createMemoryThrottle() }),
    lease,
    check: () => queue.check(),
    async close() {
      earlierReplicas.close();
      await queue.close();
      await journal.close();
      await bus.close();
      await backendSlots.close();
      await redis.close();
    },
  };
};
