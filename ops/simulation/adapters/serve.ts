import { pino } from 'pino';
import type { User } from '../../../api/access/user.ts';
import type { Viewer } from '../../../api/access/viewer.ts';
import { createRedisCache } from '../../../api/generations/cache/cache.redis.ts';
import { isFinal } from '../../../api/generations/generation.ts';
import { createRedisJournal } from '../../../api/generations/journal/journal.redis.ts';
import { createBullmqQueue } from '../../../api/generations/queue/queue.bullmq.ts';
import type { GenerationStore } from '../../../api/generations/store/store.ts';
import type { GenerationEvent } from '../../../api/generations/watch/watch.ts';
import { createIds } from '../../../api/process/ids.ts';
import { abortOnReturn } from '../../../api/realtime/abortOnReturn.ts';
import { createRedisBus } from '../../../api/realtime/bus.redis.ts';
import { connectRedis } from '../../../api/redis/connection.ts';
import { openMongoStores } from '../../../api/stores/stores.mongo.ts';
import { createReservations } from '../../../api/usage/reservations/reservations.ts';
import { createRedisReservationStore } from '../../../api/usage/reservations/store.redis.ts';
import { composeReplica } from '../compose.ts';
import { createEngine, type EngineMode } from '../engine.ts';
import { createRandom } from '../random.ts';
import { userOf } from '../users.ts';
import type { ReplicaOptions, UsageStep } from './protocol.ts';

/** The response cache's TTL, in ms. */
const cacheTtlMs = 600_000;
/** The factor of the engine's durations: time is real here. */
const timeScale = 0.4;

export interface Observers {
  readonly completed: (text: string) => void;
  readonly usage: (step: UsageStep, generationId: string, attempt: number) => void;
}

/** The methods that the parent process calls. */
export type Methods = Readonly<Record<string, (...args: never[]) => Promise<unknown>>> & {
  readonly [name: string]: ((...args: readonly unknown[]) => Promise<unknown>) | undefined;
};

/** Reports the ends of generations that this replica stores. */
const reportingEnds = (store: GenerationStore, report: Observers['usage']): GenerationStore => ({
  ...store,
  async transition(...args) {
    const [id, , patch, attempt] = args;
    const ends = patch.status !== undefined && isFinal(patch.status);
    try {
      const changed = await store.transition(...args);
      if (ends && changed) report('ended', id, changed.attempt);
      return changed;
    } catch (error) {
      if (ends) report('uncertain', id, attempt ?? 0);
      throw error;
    }
  },
});

export const serve = async (options: ReplicaOptions, observers: Observers): Promise<Methods> => {
  const log = pino({ level: options.isTraced ? 'debug' : 'silent' }, pino.destination(2));
  const redis = connectRedis({ url: options.redisUrl, prefix: options.prefix, log });
  const bus = createRedisBus(redis);
  const journal = createRedisJournal(redis);
  const queue = createBullmqQueue({ redis, bus, log, globalSlots: () => null });
  const stores = await openMongoStores({ url: options.mongodbUrl, log, databaseName: options.databaseName });
  await stores.ready();
  const engine = createEngine(createRandom(options.seed), `digest of ${options.prefix}`, {
    firstNumber: options.firstRun,
    timeScale,
    onDone: (run) => observers.completed(run.prefix + run.text),
  });
  const clock = () => new Date();
  const reservations = createReservations({
    quotas: { findTightest: async () => null },
    reservationStore: createRedisReservationStore(redis),
    findEnded: async () => [],
    recordLimitHit: () => {},
    clock,
    log,
  });
  const replica = composeReplica({
    ...stores,
    generations: reportingEnds(stores.generations, observers.usage),
    journal,
    bus,
    cache: createRedisCache({ redis, ttlMs: cacheTtlMs }),
    queue,
    reservations: {
      ...reservations,
      settle: (ownerId, id, attempt, count) =>
        reservations.settle(ownerId, id, attempt, async () => {
          await count();
          observers.usage('counted', id, attempt);
        }),
    },
    engine,
    // Which calls ran is seen within one process only.
    tools: [],
    viewerOf: userOf,
    ids: createIds(),
    log,
    clock,
  });
  const { generations } = replica;
  const streams = new Map<number, AsyncGenerator<GenerationEvent>>();

  const methods = {
    generate: generations.generate,
    regenerate: generations.regenerate,
    continue: generations.continue,
    cancel: generations.cancel,
    async complete(...args: Parameters<typeof generations.complete>) {
      const completion = await generations.complete(...args);
      const { text } = await completion.whole(new AbortController().signal);
      return { id: completion.generation.id, text };
    },
    deleteConversation: replica.deleteConversation,
    deleteUser: (user: Pick<User, 'id'>) => replica.deleteUser(user),
    async watch(key: number, viewer: Viewer, from: { readonly id: string; readonly after: number }) {
      streams.set(
        key,
        abortOnReturn((signal) => generations.watch(viewer, from, signal)),
      );
    },
    async next(key: number) {
      return (await streams.get(key)?.next()) ?? { done: true, value: undefined };
    },
    async unwatch(key: number) {
      await streams.get(key)?.return(undefined);
      streams.delete(key);
    },
    async mode(mode: EngineMode) {
      engine.mode = mode;
    },
    listeners: async () => journal.listenerCount() + bus.listenerCount(),
    async stop() {
      await replica.stop();
      await queue.close();
      await journal.close();
      await bus.close();
      await redis.close();
      await stores.close();
    },
  };
  return methods as unknown as Methods;
};
