import type { Logger } from 'pino';
import { createRedisBudgets } from '../budgets/store.redis.ts';
import { createRedisBackendSlots } from '../engine/pool/backendSlots.redis.ts';
import { createRedisCache } from '../generations/cache/cache.redis.ts';
import { createRedisJournal } from '../generations/journal/journal.redis.ts';
import { createBullmqQueue } from '../generations/queue/queue.bullmq.ts';
import { createRedisHits } from '../limits/hits/hits.redis.ts';
import { createRedisLimits } from '../limits/limits.redis.ts';
import { createRedisRunningSlots } from '../limits/running/runningSlots.redis.ts';
import { createMemoryThrottle } from '../limits/throttle/throttle.memory.ts';
import { createRedisThrottle } from '../limits/throttle/throttle.redis.ts';
import { createIds } from '../process/ids.ts';
import { createRedisBus } from '../realtime/bus.redis.ts';
import { connectRedis } from '../redis/connection.ts';
import { createRedisLease } from '../redis/lease.ts';
import { createRedisSpending } from '../usage/spending/spending.redis.ts';
import { createRedisPresence } from './presence.redis.ts';
import type { SharedAdapters } from './shared.ts';

export interface RedisAdaptersDeps {
  /** As `parseRedisUrl` takes it. */
  readonly url: string;
  readonly log: Logger;
  /** How many generations may run at once on all replicas together; null: as many as all their slots are. */
  readonly globalSlots: () => number | null;
  /** How long answers are kept for those who ask the same, in milliseconds. */
  readonly cacheMs: number;
}

/**
 * For any number of replicas on one Redis, which is connected to by and by, and again whenever it has to be.
 *
 * @throws RedisUrlUnusable
 */
export const connectRedisAdapters = (deps: RedisAdaptersDeps): SharedAdapters => {
  const { url, log, globalSlots, cacheMs } = deps;
  const redis = connectRedis({ url, log });
  const bus = createRedisBus(redis);
  const journal = createRedisJournal(redis);
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
    presence: createRedisPresence({ redis }),
    limits: createRedisLimits({ redis, nextId }),
    places: createRedisRunningSlots(redis),
    budgets,
    hits: createRedisHits(redis),
    spending: createRedisSpending(redis),
    backendSlots,
    throttle: createRedisThrottle({ redis, fallback: createMemoryThrottle() }),
    lease,
    check: () => queue.check(),
    async close() {
      await queue.close();
      await journal.close();
      await bus.close();
      await backendSlots.close();
      await redis.close();
    },
  };
};
