import type { Engine, EngineChunk, EngineModel, EngineRequest } from '../engine/engine.ts';
import type { Message } from '../messages/message.ts';
import { createIds } from '../process/ids.ts';
import { createMemoryBus } from '../realtime/bus.memory.ts';
import { silent } from '../redis/server.testing.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { newConversation, newGeneration, newMessage, write } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import { createReservations } from '../usage/reservations/reservations.ts';
import { createMemoryReservationStore } from '../usage/reservations/store.memory.ts';
import { createMemoryCache } from './cache/cache.memory.ts';
import type { Generation } from './generation.ts';
import { createMemoryJournal } from './journal/journal.memory.ts';
import type { GenerationMetrics } from './metrics.ts';
import { createMemoryQueue } from './queue/queue.memory.ts';
import type { RunDeps } from './run/run.ts';

/** Produces an engine's answer, as chunks. A string stands for a chunk of text. */
export type Play = (request: EngineRequest, signal: AbortSignal) => AsyncIterable<string | EngineChunk>;

export const done: EngineChunk = {
  type: 'done',
  finish: 'stop',
  usage: { promptTokens: 5, completionTokens: 7, loadMs: 1, promptMs: 2, completionMs: 3, totalMs: 6 },
};

/** Creates an engine with one model, whose answers a test plays. */
export const createPlayedEngine = (play: Play, canContinue = true) => {
  const requests: EngineRequest[] = [];
  const model: EngineModel = {
    name: 'smollm2:135m',
    digest: 'd',
    size: 1,
    modifiedAt: new Date(0),
    family: null,
    parameterSize: null,
    quantization: null,
    contextLength: 8192,
    capabilities: ['completion'],
    loaded: true,
    canContinue,
  };
  const played = { play, canContinue };
  const engine: Engine = {
    slots: 4,
    health: async () => ({ kind: 'embedded', state: 'ready', message: 'Ready.', steps: [], progress: null }),
    models: async () => [{ ...model, canContinue: played.canContinue }],
    measure: async () => ({ tokens: 5, exact: true, limit: 8192 }),
    async *generate(request, signal) {
      requests.push(request);
      for await (const chunk of played.play(request, signal)) {
        signal.throwIfAborted();
        yield typeof chunk === 'string' ? { type: 'text', text: chunk } : chunk;
      }
    },
    embed: async ({ input }) => ({ vectors: input.map(() => [1]), promptTokens: input.length }),
    async *pull() {},
    remove: async () => {},
    close: async () => {},
  };
  return { engine, requests, played };
};

/** Leaves messages as they are: they have no attachments. */
export const noAttachments: RunDeps['promptAttachments'] = {
  contentOf: async ({ content }) => ({ content }),
};

/** Opens all that a run needs, on memory adapters and a new SQLite store. */
export const openGenerations = async (play: Play, changes: Partial<RunDeps> = {}) => {
  const stores: Stores = await openTemporaryStores();
  const ids = createIds();
  const ownerId = ids.next();
  const { engine, requests, played } = createPlayedEngine(play);
  const ended: Parameters<GenerationMetrics['generationEnded']>[0][] = [];
  const journal = createMemoryJournal();
  const queue = createMemoryQueue();
  const bus = createMemoryBus();
  const deps: RunDeps = {
    ...stores,
    promptAttachments: noAttachments,
    engine,
    journal,
    queue,
    cache: createMemoryCache({ ttlMs: 60_000 }),
    bus,
    reservations: createReservations({
      quotas: { findTightest: async () => null },
      reservationStore: createMemoryReservationStore(),
      findEnded: async () => [],
      recordLimitHit: () => {},
      clock: () => new Date(),
      log: silent,
    }),
    mayGenerate: async () => true,
    metrics: { generationEnded: (generation) => ended.push(generation), cacheLookedUp: () => {} },
    clock: () => new Date(),
    log: silent,
    flushMs: 0,
    writesTitles: false,
    ...changes,
  };

  return {
    deps,
    stores,
    ownerId,
    requests,
    played,
    ended,
    /** Writes a question, its answer with `content`, and a generation for it. */
    async ask(given: Parameters<typeof newGeneration>[1] = {}, content = ''): Promise<Generation> {
      const conversation = newConversation({ ownerId: given.ownerId ?? ownerId });
      await stores.conversations.insert(conversation);
      const question = await write(stores, newMessage(conversation, { content: 'What is this?' }));
      const generation = newGeneration(conversation, given);
      const { id: generationId, messageId: id } = generation;
      const answer = { id, parentId: question.id, role: 'ASSISTANT', content, generationId } as const;
      await write(stores, newMessage(conversation, answer));
      return stores.generations.insert(generation);
    },
    find: async ({ id }: Pick<Generation, 'id'>): Promise<Generation> => {
      const found = await stores.generations.findAnyOwner(id);
      if (!found) throw new Error('the generation is missing');
      return found;
    },
    message: async ({ messageId }: Pick<Generation, 'messageId'>): Promise<Message> => {
      const found = await stores.messages.find(ownerId, messageId ?? '');
      if (!found) throw new Error('the message is missing');
      return found;
    },
    usage: () => stores.usage.ofOwner(ownerId, '0000-01-01', '9999-12-31'),
    async close() {
      await queue.close();
      await journal.close();
      await bus.close();
      await stores.close();
    },
  };
};

export type OpenedGenerations = Awaited<ReturnType<typeof openGenerations>>;

/** Creates a gate: `pass` waits until the test opens it, and `reached` resolves when it is first called. */
export const createGate = () => {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    pass: (): Promise<void> => {
      reached.resolve();
      return opened.promise;
    },
  };
};
