import type { Logger } from 'pino';
import type { Viewer } from '../../api/access/viewer.ts';
import type { ResponseCache } from '../../api/generations/cache/cache.ts';
import type { Journal } from '../../api/generations/journal/journal.ts';
import type { Job } from '../../api/generations/queue/queue.ts';
import type { Ids } from '../../api/process/ids.ts';
import type { Bus } from '../../api/realtime/bus.ts';
import type { Tool } from '../../api/tools/tool.ts';
import { createReservations } from '../../api/usage/reservations/reservations.ts';
import type { ReservationStore } from '../../api/usage/reservations/store.ts';
import { composeReplica, type ReplicaServices } from './compose.ts';
import type { SimulatedEngine } from './engine.ts';
import type { Link, Network } from './network.ts';
import { type Observe, remote, remoteBus, remoteCache, remoteJournal } from './ports.ts';
import type { LeasedQueue } from './queue.ts';
import { currentContext, inContext, type Process, type Run, type Scheduler } from './scheduler.ts';
import type { SimulatedStore } from './store.ts';
import { epochMs } from './virtualTime.ts';

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
  readonly tools: readonly Tool[];
  readonly viewerOf: (userId: string) => Viewer;
  readonly ids: Ids;
  readonly log: Logger;
  readonly observe: Observe;
  /** Called when a fault has lost a count of usage. */
  readonly countLost: () => void;
}

/** One process of the service. */
export interface Replica extends ReplicaServices {
  readonly process: Process;
  readonly link: Link;
}

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
  const services = composeReplica({
    ...stores,
    usage,
    journal,
    bus,
    cache,
    queue,
    engine,
    tools: shared.tools,
    viewerOf: shared.viewerOf,
    reservations: createReservations({
      quotas: { findTightest: async () => null },
      reservationStore: shared.reservationStore,
      findEnded: async () => [],
      recordLimitHit: () => {},
      clock,
      log,
    }),
    ids,
    log,
    clock,
    async aroundRun(generationId, perform) {
      const run: Run = { process, generationId, isOver: false, hasLostReply: false };
      await inContext({ process, run }, perform);
      run.isOver = true;
    },
  });
  return { process, link, ...services };
};
