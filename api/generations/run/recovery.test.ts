import type { Conversation } from '../../conversations/conversation.ts';
import type { Turn } from '../../conversations/turn.ts';
import { createIds } from '../../process/ids.ts';
import { createMemoryBus } from '../../realtime/bus.memory.ts';
import { createRedisLease } from '../../redis/lease.ts';
import { describeWithRedis, openReplicas, silent } from '../../redis/server.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import {
  newConversation,
  newGeneration,
  newMessage,
  write,
  writeGeneration,
} from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Generation, GenerationStatus } from '../generation.ts';
import { createMemoryJournal } from '../journal/journal.memory.ts';
import { createManualJobs } from '../queue/jobs.testing.ts';
import { createMemoryQueue } from '../queue/queue.memory.ts';
import type { Job, Queue } from '../queue/queue.ts';
import { createEnqueueRetries } from './enqueue.ts';
import { keepRequeueingOrphans, type RecoveryDeps, recoverGenerations, requeueOrphans } from './recovery.ts';

describe('recovery: what a crash left between store and queue', () => {
  const ids = createIds();
  const ownerId = ids.next();
  let stores: Stores;
  let queue: Queue;
  let deps: RecoveryDeps;

  beforeEach(async () => {
    stores = await openTemporaryStores();
    queue = createMemoryQueue();
    const enqueueRetries = createEnqueueRetries();
    deps = {
      ...stores,
      journal: createMemoryJournal(),
      queue,
      bus: createMemoryBus(),
      enqueueRetries,
      clock: () => new Date(),
      log: silent,
    };
  });
  afterEach(async () => {
    await queue.close();
    await stores.close();
  });

  const leave = (status: GenerationStatus, attempt = 1): Promise<Generation> =>
    writeGeneration(stores, { ownerId, status, attempt }, 'So far');

  const statusOf = async (id: string) => (await stores.generations.findAnyOwner(id))?.status;

  describe('of a service that is one process', () => {
    it('becomes INTERRUPTED if it was running, and is queued again if it was queued', async () => {
      const [ran, waited, done] = [await leave('RUNNING'), await leave('QUEUED'), await leave('COMPLETED')];
      await recoverGenerations(deps);
      expect(await statusOf(ran.id)).toBe('INTERRUPTED');
      expect(await queue.has(ran.id)).toBe(false);
      expect(await queue.position(waited.id)).toBe(1);
      expect(await queue.has(done.id)).toBe(false);
      expect(await deps.journal.read(waited.id)).toMatchObject({ status: 'QUEUED', text: 'So far' });
    });
  });

  describe('in the middle of a turn', () => {
    const long = () => new Date(Date.now() - 60_000);

    /** Writes the beginning of a turn, up to `written`, in a new conversation or after a message. */
    const tear = async (
      written: 'nothing' | 'question' | 'answer' | 'generation',
      { isNew = true, startedAt = long() } = {},
    ) => {
      const conversation = newConversation({ ownerId });
      const [generationId, questionId, answerId] = [ids.next(), ids.next(), ids.next()];
      const root = newMessage(conversation);
      const leafId = isNew ? null : root.id;
      const turn: Turn = { id: ids.next(), generationId, leafId, questionId, answerId, isNew, startedAt };
      await stores.conversations.insert({ ...conversation, leafId }, turn);
      if (!isNew) await write(stores, root);
      const question = newMessage(conversation, { id: questionId, parentId: leafId });
      const answer = { id: answerId, parentId: questionId, role: 'ASSISTANT', generationId } as const;
      if (written !== 'nothing') await write(stores, question);
      if (written === 'answer' || written === 'generation')
        await write(stores, newMessage(conversation, answer));
      if (written === 'generation')
        await stores.generations.insert(
          newGeneration(conversation, { id: generationId, messageId: answerId }),
        );
      return { conversation, turn };
    };
    const find = ({ id }: Conversation) => stores.conversations.find(ownerId, id);

    it.each(['nothing', 'question', 'answer'] as const)(
      'is rolled back with its new conversation if written up to: %s',
      async (written) => {
        for (const recover of [recoverGenerations, requeueOrphans]) {
          const { conversation, turn } = await tear(written);
          await recover(deps);
          expect(await find(conversation)).toBeNull();
          expect(await stores.messages.find(ownerId, turn.answerId)).toBeNull();
          expect(await queue.waitingCount()).toBe(0);
        }
      },
    );

    it.each(['nothing', 'question', 'answer'] as const)(
      'is rolled back in an existing conversation if written up to: %s',
      async (written) => {
        const { conversation, turn } = await tear(written, { isNew: false });
        await requeueOrphans(deps);
        expect((await find(conversation))?.leafId).toBe(turn.leafId);
        expect(await stores.messages.children(ownerId, conversation.id, turn.leafId)).toEqual([]);
        expect(await stores.conversations.turnsOf(ownerId, conversation.id)).toEqual([]);
      },
    );

    it('is completed if its generation was written', async () => {
      for (const recover of [recoverGenerations, requeueOrphans]) {
        const { conversation, turn } = await tear('generation');
        await recover(deps);
        expect((await find(conversation))?.leafId).toBe(turn.answerId);
        expect(await queue.has(turn.generationId)).toBe(true);
        expect(await stores.conversations.turnsOf(ownerId, conversation.id)).toEqual([]);
      }
    });

    it('is completed without moving the leaf if another branch was selected since', async () => {
      const { conversation, turn } = await tear('generation', { isNew: false });
      const other = await write(stores, newMessage(conversation));
      await stores.conversations.update(ownerId, conversation.id, { leafId: other.id });
      await requeueOrphans(deps);
      expect((await find(conversation))?.leafId).toBe(other.id);
      expect(await queue.has(turn.generationId)).toBe(true);
    });

    it('is left unchanged while its writer may be alive', async () => {
      const { conversation, turn } = await tear('question', { startedAt: new Date() });
      await requeueOrphans(deps);
      expect(await stores.conversations.turnsOf(ownerId, conversation.id)).toEqual([turn]);
      expect(await stores.messages.find(ownerId, turn.questionId ?? '')).not.toBeNull();
    });

    it('is rolled back without removing later messages of the conversation', async () => {
      const { conversation } = await tear('answer');
      const asked = await write(stores, newMessage(conversation));
      await requeueOrphans(deps);
      expect(await find(conversation)).not.toBeNull();
      expect(await stores.messages.children(ownerId, conversation.id, null)).toEqual([asked]);
    });

    it('is finished once by two replicas that recover at the same time', async () => {
      const [torn, written] = [await tear('answer'), await tear('generation')];
      await Promise.all([requeueOrphans(deps), requeueOrphans(deps)]);
      expect(await find(torn.conversation)).toBeNull();
      expect((await find(written.conversation))?.leafId).toBe(written.turn.answerId);
      expect(await queue.waitingCount()).toBe(1);
    });
  });

  describe('of a service of many replicas', () => {
    it('is queued again if it was queued, and taken over if it was running', async () => {
      const [ran, waited, done] = [await leave('RUNNING'), await leave('QUEUED'), await leave('COMPLETED')];
      await requeueOrphans(deps);
      expect(await statusOf(ran.id)).toBe('RUNNING');
      expect(await queue.has(done.id)).toBe(false);
      expect(await queue.waitingCount()).toBe(2);
      const jobs: Job[] = [];
      const both = Promise.withResolvers<void>();
      const stop = queue.work(
        async (job) => {
          jobs.push(job);
          if (jobs.length === 2) both.resolve();
        },
        () => 1,
      );
      await both.promise;
      await stop();
      expect(jobs).toContainEqual({ id: ran.id, ownerId, takeover: true });
      expect(jobs).toContainEqual({ id: waited.id, ownerId });
    });

    it('is left unchanged if the queue has it', async () => {
      const [ran, waited] = [await leave('RUNNING'), await leave('QUEUED')];
      const runs = createManualJobs();
      await queue.add({ id: ran.id, ownerId });
      const stop = queue.work(runs.run, () => 1);
      await runs.count(1);
      await queue.add({ id: waited.id, ownerId });
      await requeueOrphans(deps);
      await requeueOrphans(deps);
      expect(await queue.waitingCount()).toBe(1);
      runs.end(ran.id);
      await runs.count(2);
      runs.end(waited.id);
      await stop();
      expect(runs.taken).toEqual([ran.id, waited.id]);
    });

    it('is left unchanged if the queue holds it for a replica', async () => {
      const [ran, waited] = [await leave('RUNNING'), await leave('QUEUED')];
      const holds = [await queue.hold({ id: ran.id, ownerId }, null)];
      holds.push(await queue.hold({ id: waited.id, ownerId }, ran.id));
      await Promise.all([requeueOrphans(deps), requeueOrphans(deps)]);
      expect(await queue.waitingCount()).toBe(0);
      for (const hold of holds) await hold?.release();
      expect(await queue.waitingCount()).toBe(0);
      await requeueOrphans(deps);
      expect(await queue.waitingCount()).toBe(2);
    });

    it('is left unchanged if it ends during the search', async () => {
      const ran = await leave('RUNNING');
      const ends: Queue = {
        ...queue,
        async has(id) {
          await stores.generations.transition(id, ['RUNNING'], { status: 'COMPLETED' });
          return queue.has(id);
        },
      };
      await requeueOrphans({ ...deps, queue: ends });
      expect(await queue.has(ran.id)).toBe(false);
      expect(await deps.journal.read(ran.id)).toBeNull();
    });

    it('is queued again without changing the current branch of its conversation', async () => {
      const waited = await leave('QUEUED');
      const conversationId = waited.conversationId ?? '';
      const leafId = ids.next();
      await stores.conversations.update(ownerId, conversationId, { leafId });
      await requeueOrphans(deps);
      expect(await queue.has(waited.id)).toBe(true);
      expect((await stores.conversations.find(ownerId, conversationId))?.leafId).toBe(leafId);
    });

    it('is ended after too many takeovers, and keeps its text', async () => {
      const ran = await leave('RUNNING', 20);
      const { id, messageId } = ran;
      const entry = { attempt: 20, status: 'RUNNING', text: 'So far, and more', thinking: '' } as const;
      await deps.journal.begin(id, entry);
      await requeueOrphans(deps);
      expect(await statusOf(id)).toBe('INTERRUPTED');
      expect(await queue.has(id)).toBe(false);
      expect(await deps.journal.read(id)).toBeNull();
      const content = async () => (await stores.messages.find(ownerId, messageId ?? ''))?.content;
      expect(await content()).toBe('So far, and more');
      // Its worker was only paused, and wakes.
      const author = { generationId: id, attempt: 20 };
      expect(await stores.messages.setContent(ownerId, messageId ?? '', author, 'So')).toBe(false);
      expect(await stores.generations.transition(id, ['RUNNING'], { status: 'COMPLETED' }, 20)).toBeNull();
      expect(await content()).toBe('So far, and more');
    });

    it('is searched for repeatedly, even after failures', async () => {
      const found = Promise.withResolvers<string>();
      const rounds: number[] = [];
      const failing: RecoveryDeps = {
        ...deps,
        queue: {
          ...queue,
          async add(job) {
            rounds.push(rounds.length);
            if (rounds.length < 3) throw new Error('the queue is unavailable');
            found.resolve(job.id);
          },
        },
      };
      const ran = await leave('RUNNING');
      const alive = setTimeout(() => {}, 5000);
      const stop = keepRequeueingOrphans(failing, { intervalMs: 10, acquireLease: async () => true });
      expect(await found.promise).toBe(ran.id);
      clearTimeout(alive);
      await stop();
    });
  });

  describeWithRedis('of replicas that share a Redis', () => {
    const replicas = openReplicas();
    afterAll(() => replicas.close());

    it('is searched for by one of them at a time', async () => {
      const leases = [1, 2, 3].map(() => createRedisLease(replicas.replica()));
      const asked = leases.map(() => Promise.withResolvers<boolean>());
      const stops = leases.map((lease, index) =>
        keepRequeueingOrphans(deps, {
          intervalMs: 60_000,
          async acquireLease() {
            const ours = await lease('take up', 30_000);
            asked[index]?.resolve(ours);
            return ours;
          },
        }),
      );
      const answers = await Promise.all(asked.map(({ promise }) => promise));
      expect(answers.filter((ours) => ours)).toHaveLength(1);
      await Promise.all(stops.map((stop) => stop()));
    });
  });
});
