import { createGate, done, type OpenedGenerations, openGenerations } from '../generations.testing.ts';
import { collect } from '../journal/journal.contract.ts';
import { jobOf } from '../queue/jobOf.ts';
import { type ActiveRuns, createActiveRuns } from './active.ts';
import { startWorker, type Worker } from './worker.ts';

describe('a worker', () => {
  let opened: OpenedGenerations;
  let activeRuns: ActiveRuns;
  let worker: Worker | null = null;
  const isNew = { createdAt: new Date() };
  const queuedAt = new Date(Date.UTC(2030, 0, 1));
  const later = (ms: number) => () => new Date(queuedAt.getTime() + ms);

  beforeEach(async () => {
    opened = await openGenerations(async function* () {
      yield* ['whole', done];
    });
    activeRuns = createActiveRuns(opened.deps);
  });
  afterEach(async () => {
    await worker?.stop();
    worker = null;
    await activeRuns.close();
    await opened.close();
  });

  const start = (clock: () => Date, slots = 2) => {
    worker = startWorker({ ...opened.deps, activeRuns, engine: { slots }, clock, queueTtlMs: 1000 });
  };

  /** Resolves when the readers of a generation are notified of the end of its attempt. */
  const ended = async (id: string, attempt: number) => {
    const reader = collect();
    const stop = await opened.deps.journal.listen(id, reader.listener);
    return async () => {
      await reader.until(`(ended ${attempt})`);
      await stop();
    };
  };

  it('runs queued generations, as many at once as there are slots', async () => {
    const { ask, deps, ownerId, find, played } = opened;
    const gate = createGate();
    let now = 0;
    let most = 0;
    played.play = async function* () {
      now += 1;
      most = Math.max(most, now);
      if (most === 2) gate.open();
      try {
        await gate.pass();
        yield* ['whole', done];
      } finally {
        now -= 1;
      }
    };
    const generations = [await ask(isNew), await ask(isNew), await ask(isNew)];
    const ends = await Promise.all(generations.map(({ id }) => ended(id, 1)));
    for (const { id } of generations) await deps.queue.add({ id, ownerId });
    start(() => isNew.createdAt);
    await Promise.all(ends.map((end) => end()));
    expect(most).toBe(2);
    for (const one of generations) expect((await find(one)).status).toBe('COMPLETED');
  });

  it('counts the wait for a slot of a job that was taken', async () => {
    const { ask, deps, ownerId, find } = opened;
    const generation = await ask({ createdAt: queuedAt });
    await deps.queue.add({ id: generation.id, ownerId });
    let now = queuedAt;
    const begun = Promise.withResolvers<boolean | undefined>();
    worker = startWorker({
      ...deps,
      activeRuns: {
        async run(_job, _source, _isHeld, mayBegin) {
          now = later(1001)();
          begun.resolve(await mayBegin?.());
        },
      },
      engine: { slots: 1 },
      clock: () => now,
      queueTtlMs: 1000,
    });
    expect(await begun.promise).toBe(false);
    expect((await find(generation)).status).toBe('FAILED');
  });

  it.each([
    ['the first attempt', { attempt: 1, createdAt: queuedAt }, 'FAILED'],
    ['a continued one', { attempt: 2, createdAt: new Date(0), queuedAt }, 'FAILED'],
    [
      'one that was just continued',
      { attempt: 3, createdAt: new Date(0), queuedAt: later(900)() },
      'COMPLETED',
    ],
  ] as const)('measures the wait of %s from when that attempt was queued', async (_, given, status) => {
    const { ask, deps, ownerId, find, requests } = opened;
    const generation = await ask(given);
    const end = await ended(generation.id, given.attempt);
    await deps.queue.add({ id: generation.id, ownerId });
    start(later(1001));
    await end();
    expect((await find(generation)).status).toBe(status);
    expect(requests).toHaveLength(status === 'COMPLETED' ? 1 : 0);
  });

  it('lets one in the background wait for as long as people ask', async () => {
    const { ask, deps, find } = opened;
    const prompt = { messages: [{ role: 'user', content: 'a' }], isBackground: true } as const;
    const generation = await ask({ prompt, createdAt: new Date(0), queuedAt });
    const end = await ended(generation.id, 1);
    await deps.queue.add(jobOf(generation));
    start(later(24 * 60 * 60_000));
    await end();
    expect((await find(generation)).status).toBe('COMPLETED');
  });

  it('fails expired generations while there is no engine', async () => {
    const { ask, deps, ownerId, find } = opened;
    const generation = await ask({ attempt: 2, createdAt: new Date(0), queuedAt });
    const end = await ended(generation.id, 2);
    await deps.queue.add({ id: generation.id, ownerId });
    start(later(1001), 0);
    await end();
    expect(await find(generation)).toMatchObject({
      status: 'FAILED',
      error: { code: 'ENGINE_UNAVAILABLE' },
    });
    expect(await deps.queue.has(generation.id)).toBe(false);
  });

  it('takes no jobs once it is stopped, and resolves when running ones have ended', async () => {
    const { ask, deps, ownerId, find, played } = opened;
    const gate = createGate();
    played.play = async function* () {
      await gate.pass();
      yield* ['whole', done];
    };
    const [running, waiting] = [await ask(isNew), await ask(isNew)];
    for (const { id } of [running, waiting]) await deps.queue.add({ id, ownerId });
    start(() => isNew.createdAt, 1);
    await gate.reached;
    const stopped = worker?.stop();
    gate.open();
    await stopped;
    worker = null;
    expect((await find(running)).status).toBe('COMPLETED');
    expect((await find(waiting)).status).toBe('QUEUED');
  });
});
