import type { Logger } from 'pino';
import type { User } from '../../api/access/user.ts';
import type { Viewer } from '../../api/access/viewer.ts';
import { createConversations } from '../../api/conversations/service.ts';
import type { Engine } from '../../api/engine/engine.ts';
import { deleteUserData } from '../../api/export/deleteUserData.ts';
import type { ResponseCache } from '../../api/generations/cache/cache.ts';
import { createCacheLookup } from '../../api/generations/cache/lookup.ts';
import type { Journal } from '../../api/generations/journal/journal.ts';
import type { PromptAttachments } from '../../api/generations/promptAttachments.ts';
import type { Queue } from '../../api/generations/queue/queue.ts';
import { type ActiveRuns, createActiveRuns } from '../../api/generations/run/active.ts';
import { createEnqueueRetries } from '../../api/generations/run/enqueue.ts';
import { keepRequeueingOrphans, type RecoveryDeps } from '../../api/generations/run/recovery.ts';
import { startWorker } from '../../api/generations/run/worker.ts';
import { createGenerations, type Generations } from '../../api/generations/service.ts';
import type { Ids } from '../../api/process/ids.ts';
import type { Bus } from '../../api/realtime/bus.ts';
import type { Stores } from '../../api/stores/stores.ts';
import { createTools } from '../../api/tools/service.ts';
import type { Tool } from '../../api/tools/tool.ts';
import type { Reservations } from '../../api/usage/reservations/reservations.ts';
import type { StorageQuotas } from '../../api/usage/storage/storageQuotas.ts';

/** The interval of recovery, in ms; 30 seconds in the service. */
const recoveryIntervalMs = 6000;
const drainMs = 2000;
const flushMs = 30;
/** How long a call of a tool waits for its user, in ms; five minutes in the service. */
const decisionMs = 15_000;

/** The adapters and tools of one replica. */
export interface ReplicaDeps extends Pick<Stores, 'conversations' | 'messages' | 'generations' | 'usage'> {
  readonly journal: Journal;
  readonly bus: Bus;
  readonly cache: ResponseCache;
  readonly queue: Queue;
  readonly reservations: Reservations;
  readonly engine: Engine;
  readonly tools: readonly Tool[];
  /** Returns a user with their present rights. */
  readonly viewerOf: (userId: string) => Viewer;
  readonly ids: Ids;
  readonly log: Logger;
  readonly clock: () => Date;
  /** Wraps each run. */
  readonly aroundRun?: (id: string, run: () => Promise<void>) => Promise<void>;
}

/** The parts of the service that the simulation uses: the product's own code, composed as in `services.ts` and `app.ts`. */
export interface ReplicaServices {
  readonly generations: Generations;
  deleteConversation(viewer: Viewer, id: string): Promise<void>;
  deleteUser(user: Pick<User, 'id'>): Promise<void>;
  /** The number of jobs that the replica runs beyond its slots. */
  extraJobs(): number;
  /** As on SIGTERM. Waits for `answered`, the end of the requests, where the service does. */
  stop(answered?: () => Promise<void>): Promise<void>;
}

/** No storage quota and no write rate. */
const withoutStorageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'> = {
  withReservation: (_user, _bytes, write) => write(),
  checkRate: async () => {},
};

/** No attachments. */
const promptAttachments: PromptAttachments = {
  check: async () => {},
  fit: async () => ({ attachments: [], sources: [] }),
  contentOf: async ({ content }) => ({ content }),
  assign: async () => {},
};

export const composeReplica = (deps: ReplicaDeps): ReplicaServices => {
  const { journal, bus, cache, queue, engine, ids, clock, log, usage } = deps;
  const { conversations: conversationStore, messages, generations: generationStore } = deps;
  const stores = { conversations: conversationStore, messages, generations: generationStore };
  const aroundRun = deps.aroundRun ?? ((_id, run) => run());
  const metrics = { generationEnded: () => {}, cacheLookedUp: () => {} };
  const tools = createTools(deps.tools);
  const plainRuns = createActiveRuns({
    ...stores,
    tools: { find: tools.find, callerOf: async (ownerId) => deps.viewerOf(ownerId), ended: () => {} },
    decisionMs,
    promptAttachments,
    usage,
    engine,
    journal,
    queue,
    cache,
    bus,
    reservations: deps.reservations,
    mayGenerate: async () => true,
    metrics,
    writesTitles: false,
    flushMs,
    clock,
    log,
  });
  const activeRuns: ActiveRuns = {
    ...plainRuns,
    run: (job, ...given) => aroundRun(job.id, () => plainRuns.run(job, ...given)),
  };
  const cacheLookup = createCacheLookup({
    ...stores,
    promptAttachments,
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
  const models = { choose: async () => ({ model: (await engine.models())[0], reason: null }) };
  const noFolders = { require: async () => {} };
  const collections = { checkChosen: async (_readerId: string, ids: readonly string[]) => ids };
  const enqueueRetries = createEnqueueRetries();
  const generations = createGenerations({
    ...stores,
    promptAttachments,
    tools,
    settings: { inherited: async () => ({ systemPrompt: null, options: {}, collectionIds: [] }) },
    folders: noFolders,
    collections,
    engine,
    models: models as unknown as Parameters<typeof createGenerations>[0]['models'],
    journal,
    queue,
    bus,
    cacheLookup,
    runningLimit: { admit: (_viewer, _request, start) => start() },
    storageQuotas: withoutStorageQuotas,
    checkDeletable: async () => {},
    toolCallEnded: () => {},
    enqueueRetries,
    ids,
    clock,
    log,
  });
  const conversations = createConversations({
    folders: noFolders,
    collections,
    attachments: { fileKeysOfConversation: async () => [], deleteUnusedFiles: async () => {} },
    conversations: conversationStore,
    messages,
    checkDeletable: async () => {},
    async cancelUnfinished(ownerId, id) {
      const unfinished = await generationStore.unfinishedOfConversation(ownerId, id);
      for (const generation of unfinished) await generations.cancel({ user: { id: ownerId } }, generation.id);
    },
    storageQuotas: withoutStorageQuotas,
    bus,
    ids,
    clock,
    log,
  });
  const recovery: RecoveryDeps = { ...stores, journal, queue, bus, enqueueRetries, clock, log };
  const worker = startWorker({ ...recovery, activeRuns, engine, queueTtlMs: 15 * 60_000 });
  const stopRecovery = keepRequeueingOrphans(recovery, {
    intervalMs: recoveryIntervalMs,
    acquireLease: async () => true,
  });

  return {
    generations,
    deleteConversation: (viewer, id) => conversations.delete(viewer, id),
    deleteUser: (user) =>
      deleteUserData(
        {
          ...stores,
          usage,
          attachmentCleanup: { deleteOfOwner: async () => {} },
          // The simulation counts no stored bytes, and has no presets, collections and Docker requests.
          storage: { deleteOfOwner: async () => {} },
          presets: { deleteOfOwner: async () => {} },
          folders: { deleteOfOwner: async () => {} },
          collections: { deleteOfOwner: async () => {} },
          answerDefaults: { deleteOfOwner: async () => {} },
          healings: { deleteOfOwner: async () => {} },
          batches: { deleteOfOwner: async () => {} },
          batchFiles: { deleteOfOwner: async () => {} },
          dockerRequests: { deleteOfOwner: async () => {} },
          cancel: (owner, id) => generations.cancel(owner, id),
        },
        user.id,
      ),
    extraJobs: () => plainRuns.extraSlots.count(),
    async stop(answered) {
      await stopRecovery();
      activeRuns.drain(AbortSignal.timeout(drainMs));
      await Promise.all([worker.stop(), cacheLookup.close()]);
      await activeRuns.close();
      await answered?.();
      await enqueueRetries.close();
    },
  };
};
