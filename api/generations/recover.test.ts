import { createIds } from '../ids.ts';
import { createRedisLease } from '../redis/lease.ts';
import { describeWithRedis, openReplicas, silent } from '../redis/temporary.ts';
import { openTemporaryStores } from '../sqlite/temporary.ts';
import { writeGeneration } from '../stores.contract.ts';
import type { Stores } from '../stores.ts';
import type { Generation, GenerationStatus } from './generation.ts';
import { createMemoryJournal } from './journal.memory.ts';
import { createMemoryQueue } from './queue.memory.ts';
import type { Job, Queue } from './queue.ts';
import { keepTakingUp, type RecoverDeps, recoverGenerations, takeUpGenerations } from './recover.ts';
import { createRuns } from './runs.testing.ts';

describe('what a crash leaves between store and queue', () => {
  const ids = createIds();
  const ownerId = ids.next();
  let stores: Stores;
  let queue: Queue;
  let deps: RecoverDeps;

  beforeEach(async () => {
    stores = await openTemporaryStores();
    queue = createMemoryQueue();
    deps = { ...stores, journal: createMemoryJournal(), queue, clock: () => new Date(), log: silent };
  });
  afterEach(async () => {
    await queue.close();
    await stores.close();
  });

  const leave = (status: GenerationStatus, attempt = 1): Promise<Generation> =>
    writeGeneration(stores, { ownerId, status, attempt }, 'So far');

  const statusOf = async (id: string) => (await stores.generations.findAnyOwner(id))?.status;

  describe('of a service that is one process', () => {
    it('is interrupted where it ran, and waits again where it waited', async () => {
      const [ran, waited, done] = [await leave('RUNNING'), await leave('QUEUED'), await leave('COMPLETED')];
      await recoverGenerations(deps);
      expect(await statusOf(ran.id)).toBe('INTERRUPTED');
      expect(await queue.has(ran.id)).toBe(false);
      expect(await queue.position(waited.id)).toBe(1);
      expect(await queue.has(done.id)).toBe(false);
      expect(await deps.journal.read(waited.id)).toMatchObject({ status: 'QUEUED', text: 'So far' });
      const conversation = await stores.conversations.find(ownerId, waited.conversationId ?? '');
      expect(conversation?.leafId).toBe(waited.messageId);
    });
  });

  describe('of a service of many replicas', () => {
    it('waits again where it waited, and is taken over where it ran', async () => {
      const [ran, waited, done] = [await leave('RUNNING'), await leave('QUEUED'), await leave('COMPLETED')];
      await takeUpGenerations(deps);
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

    it('is left alone where the queue has it', async () => {
      const [ran, waited] = [await leave('RUNNING'), await leave('QUEUED')];
      const runs = createRuns();
      await queue.add({ id: ran.id, ownerId });
      const stop = queue.work(runs.run, () => 1);
      await runs.count(1);
      await queue.add({ id: waited.id, ownerId });
      await takeUpGenerations(deps);
      await takeUpGenerations(deps);
      expect(await queue.waitingCount()).toBe(1);
      runs.end(ran.id);
      await runs.count(2);
      runs.end(waited.id);
      await stop();
      expect(runs.taken).toEqual([ran.id, waited.id]);
    });

    it('is given up after it was taken over too often, with its text kept', async () => {
      const ran = await leave('RUNNING', 20);
      const { id, messageId } = ran;
      const entry = { attempt: 20, status: 'RUNNING', text: 'So far, and more', thinking: '' } as const;
      await deps.journal.begin(id, entry);
      await takeUpGenerations(deps);
      expect(await statusOf(id)).toBe('INTERRUPTED');
      expect(await queue.has(id)).toBe(false);
      expect(await deps.journal.read(id)).toBeNull();
      const content = async () => (await stores.messages.find(ownerId, messageId ?? ''))?.content;
      expect(await content()).toBe('So far, and more');
      // Its worker was not dead, and wakes.
      const author = { generationId: id, attempt: 20 };
      expect(await stores.messages.setContent(ownerId, messageId ?? '', author, 'So')).toBe(false);
      expect(await stores.generations.transition(id, ['RUNNING'], { status: 'COMPLETED' }, 20)).toBeNull();
      expect(await content()).toBe('So far, and more');
    });

    it('is looked for again and again, whatever fails on the way', async () => {
      const found = Promise.withResolvers<string>();
      const rounds: number[] = [];
      const failing: RecoverDeps = {
        ...deps,
        queue: {
          ...queue,
          async add(job) {
            rounds.push(rounds.length);
            if (rounds.length < 3) throw new Error('the queue is away');
            found.resolve(job.id);
          },
        },
      };
      const ran = await leave('RUNNING');
      const alive = setTimeout(() => {}, 5000);
      const stop = keepTakingUp(failing, { everyMs: 10, isOurs: async () => true });
      expect(await found.promise).toBe(ran.id);
      clearTimeout(alive);
      await stop();
    });
  });

  describeWithRedis('of replicas that share a Redis', () => {
    const replicas = openReplicas();
    afterAll(() => replicas.close());

    it('is looked for by one of them at a time', async () => {
      const leases = [1, 2, 3].map(() => createRedisLease(replicas.replica()));
      const asked = leases.map(() => Promise.withResolvers<boolean>());
      const stops = leases.map((lease, index) =>
        keepTakingUp(deps, {
          everyMs: 60_000,
          async isOurs() {
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
