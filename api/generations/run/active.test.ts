import { Failure } from '../../errors/failures.ts';
import { createGate, done, type OpenedGenerations, openGenerations } from '../generations.testing.ts';
import { collect } from '../journal/journal.contract.ts';
import type { Job, Queue } from '../queue/queue.ts';
import { cancelRequested } from '../topics.ts';
import { type ActiveRuns, createActiveRuns } from './active.ts';

describe('active runs', () => {
  let opened: OpenedGenerations;
  let activeRuns: ActiveRuns | null = null;
  beforeEach(async () => {
    opened = await openGenerations(async function* () {
      yield* ['whole', done];
    });
  });
  afterEach(async () => {
    await activeRuns?.close();
    activeRuns = null;
    await opened.close();
  });

  const unavailable = () => new Failure('ENGINE_UNAVAILABLE', 'The store is unavailable.');

  /** Fails on its first call. */
  const failingOnce = <Arguments extends unknown[], Result>(
    call: (...given: Arguments) => Promise<Result>,
    isMeant: (...given: Arguments) => boolean = () => true,
  ) => {
    let hasFailed = false;
    const failing = async (...given: Arguments): Promise<Result> => {
      if (hasFailed || !isMeant(...given)) return call(...given);
      hasFailed = true;
      throw unavailable();
    };
    return { failing, hasFailed: () => hasFailed };
  };

  it.each(['the question', 'the history', 'the quota', 'the claim', 'the end'] as const)(
    'complete even if the store fails once at %s',
    async (what) => {
      const { deps, ask, find, message, ownerId, usage } = opened;
      const generation = await ask();
      const { id } = generation;
      const question = failingOnce(deps.messages.find, (_, of) => of !== generation.messageId);
      const path = failingOnce(deps.messages.path);
      const quota = failingOnce(deps.reservations.isLimited);
      const claim = failingOnce(deps.generations.transition, (_id, [from]) => from === 'QUEUED');
      const end = failingOnce(
        deps.generations.transition,
        (_id, _from, { status }) => status === 'COMPLETED',
      );
      // Only a question that isn't the first one has a history.
      const asked =
        what === 'the history'
          ? (of: string, one: string) =>
              deps.messages
                .find(of, one)
                .then(
                  (found) =>
                    found && (one === generation.messageId ? found : { ...found, parentId: found.id }),
                )
          : deps.messages.find;
      const changes = {
        'the question': { messages: { ...deps.messages, find: question.failing } },
        'the history': { messages: { ...deps.messages, find: asked, path: path.failing } },
        'the quota': { reservations: { ...deps.reservations, isLimited: quota.failing } },
        'the claim': { generations: { ...deps.generations, transition: claim.failing } },
        'the end': { generations: { ...deps.generations, transition: end.failing } },
      };
      activeRuns = createActiveRuns({ ...deps, ...changes[what] });
      await activeRuns.run({ id, ownerId });
      expect([question, path, quota, claim, end].filter(({ hasFailed }) => hasFailed())).toHaveLength(1);
      expect(await find(generation)).toMatchObject({ status: 'COMPLETED', attempt: 1 });
      expect((await message(generation)).content).toBe('whole');
      expect(await usage()).toMatchObject([{ generations: 1 }]);
    },
  );

  it('leave a generation to another worker that claimed it while the store failed', async () => {
    const { deps, ask, find, ownerId, requests } = opened;
    const generation = await ask();
    const { id } = generation;
    const claim = failingOnce(deps.generations.transition, (_id, [from]) => from === 'QUEUED');
    const transition: typeof claim.failing = async (...given) => {
      try {
        return await claim.failing(...given);
      } catch (error) {
        await deps.generations.transition(id, ['QUEUED'], { status: 'RUNNING' });
        throw error;
      }
    };
    activeRuns = createActiveRuns({ ...deps, generations: { ...deps.generations, transition } });
    await activeRuns.run({ id, ownerId });
    expect(await find(generation)).toMatchObject({ status: 'RUNNING', attempt: 1 });
    expect(requests).toEqual([]);
  });

  it('claim a generation again that they had claimed before the journal failed', async () => {
    const { deps, ask, find, ownerId } = opened;
    const generation = await ask();
    const begin = failingOnce(deps.journal.begin);
    activeRuns = createActiveRuns({ ...deps, journal: { ...deps.journal, begin: begin.failing } });
    await activeRuns.run({ id: generation.id, ownerId });
    expect(begin.hasFailed()).toBe(true);
    expect(await find(generation)).toMatchObject({ status: 'COMPLETED', attempt: 2 });
  });

  it('fail an answer whose engine is unavailable', async () => {
    const { deps, ask, find, ownerId, played } = opened;
    // biome-ignore lint/correctness/useYield: it fails before its first chunk
    played.play = async function* () {
      throw new Failure('ENGINE_UNAVAILABLE', 'No engine.');
    };
    const generation = await ask();
    activeRuns = createActiveRuns(deps);
    await activeRuns.run({ id: generation.id, ownerId });
    expect(await find(generation)).toMatchObject({
      status: 'FAILED',
      error: { code: 'ENGINE_UNAVAILABLE' },
    });
  });

  const endless = (gate: ReturnType<typeof createGate>) =>
    async function* (_request: unknown, signal: AbortSignal) {
      yield 'so far';
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
      void gate.pass();
      await aborted;
      yield done;
    };

  it('end when any replica cancels them, and keep their text', async () => {
    const { deps, ask, find, message, ownerId, played } = opened;
    const gate = createGate();
    played.play = endless(gate);
    const generation = await ask();
    activeRuns = createActiveRuns(deps);
    const running = activeRuns.run({ id: generation.id, ownerId });
    await gate.reached;
    await deps.bus.publish(cancelRequested, 'all', { id: generation.id });
    await running;
    expect((await find(generation)).status).toBe('CANCELLED');
    expect((await message(generation)).content).toBe('so far');
  });

  it('notify readers of a cancel even if the journal fails', async () => {
    const { deps, ask, ownerId, played } = opened;
    const gate = createGate();
    played.play = endless(gate);
    const { id } = await ask();
    const end = failingOnce(deps.journal.end);
    activeRuns = createActiveRuns({ ...deps, journal: { ...deps.journal, end: end.failing } });
    const reader = collect();
    await deps.journal.listen(id, reader.listener);
    const running = activeRuns.run({ id, ownerId });
    await gate.reached;
    await deps.bus.publish(cancelRequested, 'all', { id });
    await reader.until('(ended 1)');
    await running;
    expect(end.hasFailed()).toBe(true);
    expect(await deps.journal.read(id)).toBeNull();
  });

  it('end a generation that was cancelled while the store failed', async () => {
    const { deps, ask, find, ownerId } = opened;
    const generation = await ask();
    const { id } = generation;
    const begin = failingOnce(deps.journal.begin);
    const journal = {
      ...deps.journal,
      async begin(...given: Parameters<typeof deps.journal.begin>) {
        if (!begin.hasFailed()) await deps.bus.publish(cancelRequested, 'all', { id });
        return begin.failing(...given);
      },
    };
    activeRuns = createActiveRuns({ ...deps, journal });
    await activeRuns.run({ id, ownerId });
    expect((await find(generation)).status).toBe('CANCELLED');
    expect(await deps.journal.read(id)).toBeNull();
  });

  it.each([
    [true, 'RUNNING'],
    [false, 'INTERRUPTED'],
  ] as const)(
    'are handed over when drained if the queue outlives the process (%s), else interrupted',
    async (outlives, status) => {
      const { deps, ask, find, ownerId, played } = opened;
      const gate = createGate();
      played.play = endless(gate);
      const generation = await ask();
      const { id } = generation;
      activeRuns = createActiveRuns({ ...deps, queue: { ...deps.queue, outlivesProcess: outlives } });
      const running = activeRuns.run({ id, ownerId });
      await gate.reached;
      const drained = new AbortController();
      activeRuns.drain(drained.signal);
      drained.abort();
      await running;
      expect((await find(generation)).status).toBe(status);
      expect(await deps.queue.has(id)).toBe(outlives);
    },
  );

  it('that wait for a slot when drained are left in the queue', async () => {
    const { deps, ask, find, ownerId, played } = opened;
    for (const outlives of [true, false]) {
      const gate = createGate();
      played.play = endless(gate);
      const queue = { ...deps.queue, outlivesProcess: outlives };
      activeRuns = createActiveRuns({ ...deps, queue, engine: { ...deps.engine, slots: 1 } });
      const [first, waiting, late] = [await ask(), await ask(), await ask()];
      const running = activeRuns.run({ id: first.id, ownerId });
      await gate.reached;
      const ended = activeRuns.run({ id: waiting.id, ownerId });
      const drained = new AbortController();
      activeRuns.drain(drained.signal);
      await ended;
      await activeRuns.run({ id: late.id, ownerId });
      for (const one of [waiting, late]) {
        expect(await find(one)).toMatchObject({ status: 'QUEUED', attempt: 1 });
        expect(await deps.queue.has(one.id)).toBe(outlives);
      }
      // One that runs still has its time.
      expect((await find(first)).status).toBe('RUNNING');
      drained.abort();
      await running;
      await activeRuns.close();
    }
  });

  it('go back behind those of people if they are in the background', async () => {
    const { deps, ask, ownerId, played } = opened;
    const gate = createGate();
    played.play = endless(gate);
    const added: Job[] = [];
    const queue: Queue = { ...deps.queue, outlivesProcess: true, add: async (job) => void added.push(job) };
    activeRuns = createActiveRuns({ ...deps, queue, engine: { ...deps.engine, slots: 1 } });
    const [first, waiting] = [await ask(), await ask()];
    const running = activeRuns.run({ id: first.id, ownerId });
    await gate.reached;
    const job = { id: waiting.id, ownerId, isBackground: true };
    const ended = activeRuns.run(job);
    const drained = new AbortController();
    activeRuns.drain(drained.signal);
    await ended;
    expect(added).toEqual([job]);
    drained.abort();
    await running;
  });
});
