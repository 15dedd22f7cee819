import type { Logger } from 'pino';
import type { User } from '../../api/access/user.ts';
import type { Viewer } from '../../api/access/viewer.ts';
import { createConversations } from '../../api/conversations/service.ts';
import { deleteUserData } from '../../api/export/deleteUserData.ts';
import type { ResponseCache } from '../../api/generations/cache/cache.ts';
import { createCacheLookup } from '../../api/generations/cache/lookup.ts';
import type { Journal } from '../../api/generations/journal/journal.ts';
import type { Job } from '../../api/generations/queue/queue.ts';
import { type ActiveRuns, createActiveRuns } from '../../api/generations/run/active.ts';
import { keepRequeueingOrphans, type RecoveryDeps } from '../../api/generations/run/recovery.ts';
import { startWorker } from '../../api/generations/run/worker.ts';
import { createGenerations, type Generations } from '../../api/generations/service.ts';
import type { Ids } from '../../api/process/ids.ts';
import type { Bus } from '../../api/realtime/bus.ts';
import { createReservations } from '../../api/usage/reservations/reservations.ts';
import type { ReservationStore } from '../../api/usage/reservations/store.ts';
import type { StorageQuotas } from '../../api/usage/storage/storageQuotas.ts';
import type { SimulatedEngine } from './engine.ts';
import type { Link, Network } from './network.ts';
import { type Observe, remote, remoteBus, remoteCache, remoteJournal } from './ports.ts';
import type { LeasedQueue } from './queue.ts';
import { currentContext, inContext, type Process, type Run, type Scheduler } from './scheduler.ts';
import type { SimulatedStore } from './store.ts';
import { epochMs } from './virtualTime.ts';

/** The interval of recovery, in ms; 30 seconds in the service. */
const recoveryIntervalMs = 6000;
const drainMs = 2000;
const flushMs = 30;

/** The servers and tools that the replicas share. */
export interface Shared {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly store: SimulatedStore;
  readonly journal: Journal;
  readonly bus: Bus;
  readonly cache: ResponseCache;
  readonly reservationStore: ReservationStore;
  readonly queue: LeasedQueue;
  readonly engine: SimulatedEngine;
  readonly ids: Ids;
  readonly log: Logger;
  readonly observe: Observe;
  /** Called when a fault has lost a count of usage. */
  readonly countLost: () => void;
}

/** One process of the service: the product's own code, composed as in `services.ts` and `app.ts`. */
export interface Replica {
  readonly process: Process;
  readonly link: Link;
  readonly generations: Generations;
  deleteConversation(viewer: Viewer, id: string): Promise<void>;
  deleteUser(user: Pick<User, 'id'>): Promise<void>;
  /** As on SIGTERM. */
  stop(): Promise<void>;
}

/** No storage quota and no write rate. */
const withoutStorageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'> = {
  withReservation: (_user, _bytes, write) => write(),
  checkRate: async () => {},
};

export const startReplica = (shared: Shared, link: Link): Replica => {
  const { process } = link;
  const { scheduler, network, store, engine, ids, log, observe } = shared;
  const clock = () => new Date(epochMs + scheduler.now);
  const throughNetwork = <Port extends object>(name: string, port: Port) =>
    remote(network, link, 'store', name, port, observe);
  const stores = {
    conversations: throughNetwork('conversations', store.conversations),
    messages: throughNetwork('messages', store.messages),
    generations: throughNetwork('generations', store.generations),
  };
  const plainUsage = throughNetwork('usage', store.usage);
  const usage: typeof plainUsage = {
    ...plainUsage,
    async add(entry) {
      try {
        await plainUsage.add(entry);
      } catch (error) {
        shared.countLost();
        throw error;
      }
    },
  };
  const journal = remoteJournal(network, link, shared.journal, observe);
  const bus = remoteBus(network, link, shared.bus);
  const cache = remoteCache(network, link, shared.cache, observe);
  const plainQueue = shared.queue.connect(link);
  const queue: typeof plainQueue = {
    ...plainQueue,
    add(job: Job) {
      const run = currentContext()?.run;
      if (run && job.takeover) run.isOver = true;
      return plainQueue.add(job);
    },
  };
  const metrics = { generationEnded: () => {}, cacheLookedUp: () => {} };
  const plainRuns = createActiveRuns({
    ...stores,
    usage,
    engine,
    journal,
    queue,
    cache,
    bus,
    reservations: createReservations({
      quotas: { findTightest: async () => null },
      reservationStore: shared.reservationStore,
      findEnded: async () => [],
      recordLimitHit: () => {},
      clock,
      log,
    }),
    mayGenerate: async () => true,
    metrics,
    flushMs,
    clock,
    log,
  });
  const activeRuns: ActiveRuns = {
    ...plainRuns,
    async run(job, source, isHeld) {
      const run: Run = { process, generationId: job.id, isOver: false, hasLostReply: false };
      await inContext({ process, run }, () => plainRuns.run(job, source, isHeld));
      run.isOver = true;
    },
  };
  const cacheLookup = createCacheLookup({
    ...stores,
    engine,
    journal,
    queue,
    cache,
    run: activeRuns.run,
    metrics,
    log,
    isOn: true,
    isShared: true,
  });
  const models = { resolve: async () => (await engine.models())[0] };
  const generations = createGenerations({
    ...stores,
    engine,
    models: models as unknown as Parameters<typeof createGenerations>[0]['models'],
    journal,
    queue,
    bus,
    cacheLookup,
    runningLimit: { admit: (_viewer, _request, start) => start() },
    storageQuotas: withoutStorageQuotas,
    ids,
    clock,
    log,
  });
  const conversations = createConversations({
    conversations: stores.conversations,
    messages: stores.messages,
    async cancelUnfinished(owner, id) {
      const unfinished = await stores.generations.unfinishedOfConversation(owner.user.id, id);
      for (const generation of unfinished) await generations.cancel(owner, generation.id);
    },
    storageQuotas: withoutStorageQuotas,
    bus,
    ids,
    clock,
    log,
  });
  const recovery: RecoveryDeps = { ...stores, journal, queue, clock, log };
  const worker = startWorker({ ...recovery, activeRuns, engine, queueTtlMs: 15 * 60_000 });
  const stopRecovery = keepRequeueingOrphans(recovery, {
    intervalMs: recoveryIntervalMs,
    acquireLease: async () => true,
  });

  return {
    process,
    link,
    generations,
    deleteConversation: (viewer, id) => conversations.delete(viewer, id),
    deleteUser: (user) =>
      deleteUserData(
        {
          ...stores,
          usage,
          // The simulation counts no stored bytes.
          storage: { deleteOfOwner: async () => {} },
          cancel: (owner, id) => generations.cancel(owner, id),
        },
        user.id,
      ),
    async stop() {
      await stopRecovery();
      activeRuns.drain(AbortSignal.timeout(drainMs));
      await Promise.all([worker.stop(), cacheLookup.close()]);
      await activeRuns.close();
    },
  };
};
