import type { Viewer } from '../access/viewer.ts';
import { conversationChanged } from '../conversations/topics.ts';
import { engineUnavailable } from '../errors/failures.ts';
import { eventually } from '../process/eventually.testing.ts';
import type { Tool } from '../tools/tool.ts';
import { maxContinuedAttempts } from './generation.ts';
import { createGate, done, type OpenedGenerations, openGenerations } from './generations.testing.ts';
import { collect } from './journal/journal.contract.ts';
import { createLifecycle, type Lifecycle, type LifecycleDeps } from './lifecycle.ts';
import { type ActiveRuns, createActiveRuns } from './run/active.ts';
import { createEnqueueRetries } from './run/enqueue.ts';
import { cancelRequested } from './topics.ts';

describe('the lifecycle of a generation', () => {
  let opened: OpenedGenerations;
  let lifecycle: Lifecycle;
  let viewer: Viewer;
  let activeRuns: ActiveRuns;

  const create = (changes: Partial<LifecycleDeps> = {}) =>
    createLifecycle({
      ...opened.deps,
      enqueueRetries: createEnqueueRetries(),
      admission: { admit: (_viewer, _request, start) => start() },
      tools: { find: () => ({}) as Tool },
      ...changes,
    });

  beforeEach(async () => {
    opened = await openGenerations(async function* () {
      yield* ['whole', done];
    });
    viewer = { user: { id: opened.ownerId, role: 'MEMBER' }, apiKey: null } as Viewer;
    lifecycle = create();
    activeRuns = createActiveRuns(opened.deps);
  });
  afterEach(async () => {
    await activeRuns.close();
    await opened.close();
  });

  describe('cancel', () => {
    it('ends a queued generation and removes it from the queue', async () => {
      const { deps, ask, ownerId } = opened;
      const { id } = await ask();
      await deps.journal.begin(id, { attempt: 1, status: 'QUEUED', text: '', thinking: '' });
      await deps.queue.add({ id, ownerId });
      expect(await lifecycle.cancel(viewer, id)).toMatchObject({ status: 'CANCELLED', attempt: 1 });
      expect(await deps.queue.has(id)).toBe(false);
      expect(await deps.journal.read(id)).toBeNull();
    });

    it('makes the worker end a running generation, which keeps its text', async () => {
      const { ask, message, ownerId, played } = opened;
      const gate = createGate();
      played.play = async function* (_request, signal) {
        yield 'so far';
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
          void gate.pass();
        });
        yield done;
      };
      const generation = await ask();
      const running = activeRuns.run({ id: generation.id, ownerId });
      await gate.reached;
      expect(await lifecycle.cancel(viewer, generation.id)).toMatchObject({
        status: 'CANCELLED',
        attempt: 1,
      });
      await running;
      expect((await message(generation)).content).toBe('so far');
    });

    it('ends a generation whose worker does not respond, and fences that worker out', async () => {
      const { deps, ask, find, message, ownerId, usage } = opened;
      const generation = await ask({ status: 'RUNNING', thinking: 'h' }, 'so');
      const { id, messageId } = generation;
      await deps.journal.begin(id, { attempt: 1, status: 'RUNNING', text: 'so far', thinking: 'hm' });
      const reader = collect();
      await deps.journal.listen(id, reader.listener);
      const cancelled = await lifecycle.cancel(viewer, id);
      expect(cancelled).toMatchObject({ status: 'CANCELLED', attempt: 2, thinking: 'hm' });
      await reader.until('(ended 2)');
      expect(await message(generation)).toMatchObject({ content: 'so far', attempt: 2 });
      const author = { generationId: id, attempt: 1 };
      expect(await deps.messages.setContent(ownerId, messageId ?? '', author, 'late')).toBe(false);
      expect(await deps.generations.transition(id, ['RUNNING'], { status: 'COMPLETED' }, 1)).toBeNull();
      const late = { attempt: 1, offset: 6, delta: '!', thinkingOffset: 2, thinkingDelta: '' };
      expect(await deps.journal.append(id, late)).toBe('superseded');
      expect(await find(generation)).toEqual(cancelled);
      expect(await usage()).toEqual([]);
    });

    /** Fails on its first call. */
    const failingOnce = <Arguments extends unknown[], Result>(
      call: (...given: Arguments) => Promise<Result>,
    ) => {
      let failures = 0;
      const failing = async (...given: Arguments): Promise<Result> => {
        failures += 1;
        if (failures === 1) throw engineUnavailable('It is unavailable.');
        return call(...given);
      };
      return { failing, isRepeated: () => failures > 1 };
    };

    it.each([
      ['is queued', 'the queue'],
      ['is queued', 'the journal'],
      ['runs without a worker', 'the queue'],
      ['runs without a worker', 'the journal'],
    ] as const)('notifies the readers of a generation that %s, even if %s fails', async (state, what) => {
      const { deps, ask, ownerId } = opened;
      const status = state === 'is queued' ? 'QUEUED' : 'RUNNING';
      const { id } = await ask({ status });
      await deps.journal.begin(id, { attempt: 1, status, text: '', thinking: '' });
      await deps.queue.add({ id, ownerId });
      const remove = failingOnce(deps.queue.remove);
      const end = failingOnce(deps.journal.end);
      const changes =
        what === 'the queue'
          ? { queue: { ...deps.queue, remove: remove.failing } }
          : { journal: { ...deps.journal, end: end.failing } };
      const reader = collect();
      await deps.journal.listen(id, reader.listener);
      expect(await create(changes).cancel(viewer, id)).toMatchObject({ status: 'CANCELLED' });
      await reader.until(state === 'is queued' ? '(ended 1)' : '(ended 2)');
      expect(await deps.journal.read(id)).toBeNull();
      await eventually(
        () => deps.queue.has(id),
        (isQueued) => !isQueued,
      );
      expect([remove, end].filter(({ isRepeated }) => isRepeated())).toHaveLength(1);
    });

    it('leaves no listener behind if the bus is unavailable', async () => {
      const { deps, ask } = opened;
      const { id } = await ask({ status: 'RUNNING' });
      const publish = () => Promise.reject(engineUnavailable('The bus is unavailable.'));
      const cancelling = create({ bus: { ...deps.bus, publish } }).cancel(viewer, id);
      await expect(cancelling).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
      expect(deps.journal.listenerCount()).toBe(0);
    });

    it('does nothing to a generation that was continued right after its end', async () => {
      const { deps, ask, find } = opened;
      const generation = await ask({ status: 'RUNNING' });
      const { id } = generation;
      await deps.bus.subscribe(cancelRequested, 'all', {
        async message() {
          await deps.generations.transition(id, ['RUNNING'], { status: 'CANCELLED' }, 1);
          await deps.generations.transition(id, ['CANCELLED'], { status: 'QUEUED', attempt: 2 }, 1);
          await deps.journal.end(id, 1);
        },
        missed: () => {},
      });
      expect(await lifecycle.cancel(viewer, id)).toMatchObject({ status: 'QUEUED', attempt: 2 });
      expect((await find(generation)).status).toBe('QUEUED');
    });

    it('keeps the next attempt in the queue if it is queued during the cancellation', async () => {
      const { deps, ask, ownerId } = opened;
      const { id } = await ask();
      await deps.queue.add({ id, ownerId });
      const racing = {
        ...deps.queue,
        async remove(of: string) {
          await lifecycle.continue(viewer, id);
          return deps.queue.remove(of);
        },
      };
      await create({ queue: racing }).cancel(viewer, id);
      expect(await deps.queue.position(id)).toBe(1);
    });

    it('leaves no listener behind if the request cannot be published', async () => {
      const { deps, ask } = opened;
      const { id } = await ask({ status: 'RUNNING' });
      const publish = () => Promise.reject(new Error('the bus is unavailable'));
      const cancelled = create({ bus: { ...deps.bus, publish } }).cancel(viewer, id);
      await expect(cancelled).rejects.toThrow('the bus is unavailable');
      expect(deps.journal.listenerCount()).toBe(0);
    });

    it('does nothing to a final generation, and does not find generations of other users', async () => {
      const { ask } = opened;
      const generation = await ask({ status: 'COMPLETED' });
      expect(await lifecycle.cancel(viewer, generation.id)).toEqual(generation);
      await expect(lifecycle.cancel({ user: { id: 'other' } }, generation.id)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });
  });

  describe('continue', () => {
    it('runs no call that an earlier release left open, whatever the user allowed', async () => {
      const { ask } = opened;
      const call = {
        id: 'x.1',
        name: 'write',
        arguments: {},
        round: 1,
        offset: 0,
        state: 'PENDING',
        isAllowed: true,
        result: null,
        startedAt: null,
        finishedAt: null,
      } as const;
      const toolUse = { names: ['write'], apiKeyId: null, calls: [call] };
      const { id } = await ask({ status: 'INTERRUPTED', finishedAt: new Date(), toolUse });
      const continued = await lifecycle.continue(viewer, id);
      expect(continued.toolUse?.calls).toMatchObject([{ state: 'CANCELLED', isAllowed: false }]);
    });

    it('limits the calls to the scopes of the API key that continues, and to tools that the viewer may use', async () => {
      const { ask } = opened;
      const toolUse = { names: ['read'], apiKeyId: null, calls: [] };
      const { id } = await ask({ status: 'INTERRUPTED', toolUse });
      const robot = { ...viewer, apiKey: { id: 'robot', scopes: ['CHAT'] } } as unknown as Viewer;
      const refused = create({ tools: { find: () => null } });
      await expect(refused.continue(robot, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      const byTool = { ...viewer, origin: { address: null, requestId: 'r', surface: 'tool' } } as const;
      await expect(lifecycle.continue(byTool, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      expect((await lifecycle.continue(robot, id)).toolUse?.apiKeyId).toBe('robot');
      await opened.deps.generations.transition(id, ['QUEUED'], { status: 'CANCELLED' });
      // A person who continues it leaves the limits as they are.
      expect((await lifecycle.continue(viewer, id)).toolUse?.apiKeyId).toBe('robot');
    });

    it('queues the next attempt now, with the stored text', async () => {
      const { deps, ask, message } = opened;
      const now = new Date(Date.UTC(2030, 1));
      const generation = await ask({ status: 'CANCELLED', thinking: 'hm' }, 'so far');
      const { id } = generation;
      const again = await create({ clock: () => now }).continue(viewer, id);
      expect(again).toMatchObject({ status: 'QUEUED', attempt: 2, queuedAt: now });
      expect(await deps.journal.read(id)).toEqual({
        attempt: 2,
        status: 'QUEUED',
        text: 'so far',
        thinking: 'hm',
      });
      expect(await message(generation)).toMatchObject({ content: 'so far', attempt: 2 });
      expect(await deps.queue.position(id)).toBe(1);
    });

    it('notes the attempts that had ended, the last ones', async () => {
      const { deps, ask } = opened;
      const { id } = await ask({ status: 'CANCELLED' }, 'so far');
      for (let attempt = 1; attempt <= maxContinuedAttempts + 2; attempt += 1) {
        await lifecycle.continue(viewer, id);
        await deps.generations.transition(id, ['QUEUED'], { status: 'CANCELLED' });
      }
      const { continuedAttempts = [] } = (await deps.generations.findAnyOwner(id)) ?? {};
      expect(continuedAttempts).toHaveLength(maxContinuedAttempts);
      expect([continuedAttempts[0], continuedAttempts.at(-1)]).toEqual([3, maxContinuedAttempts + 2]);
    });

    it('fences the previous attempt out', async () => {
      const { deps, ask, ownerId, message } = opened;
      const generation = await ask({ status: 'FAILED' }, 'so far');
      const { id, messageId } = generation;
      await lifecycle.continue(viewer, id);
      const author = { generationId: id, attempt: 1 };
      expect(await deps.messages.setContent(ownerId, messageId ?? '', author, 'so')).toBe(false);
      expect((await message(generation)).content).toBe('so far');
    });

    it('succeeds once if requested twice at once', async () => {
      const { deps, ask } = opened;
      const { id } = await ask({ status: 'INTERRUPTED' });
      const results = await Promise.allSettled([1, 2].map(() => lifecycle.continue(viewer, id)));
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await deps.journal.read(id)).toMatchObject({ attempt: 2 });
    });

    it('rejects a complete answer, a running one, and one outside of conversations', async () => {
      const { ask, stores } = opened;
      const complete = await ask({ status: 'COMPLETED', finishReason: 'STOP' });
      const running = await ask({ status: 'RUNNING' });
      const outside = { ...complete, id: 'outside', conversationId: null, messageId: null };
      await stores.generations.insert({ ...outside, status: 'FAILED', prompt: { messages: [] } });
      for (const id of [complete.id, running.id, 'outside']) {
        await expect(lifecycle.continue(viewer, id)).rejects.toMatchObject({ code: 'CONFLICT' });
      }
    });
  });

  it.each([
    ['a queued one is cancelled', 'QUEUED'],
    ['one without a worker is cancelled', 'RUNNING'],
    ['an incomplete one is continued', 'FAILED'],
  ] as const)("tells the owner's tabs when %s", async (_, status) => {
    const { deps, ask, ownerId } = opened;
    const { id, conversationId } = await ask({ status });
    await deps.journal.begin(id, { attempt: 1, status, text: '', thinking: '' });
    const changes: unknown[] = [];
    const message = (change: unknown) => void changes.push(change);
    await deps.bus.subscribe(conversationChanged, ownerId, { message, missed: () => {} });
    await (status === 'FAILED' ? lifecycle.continue(viewer, id) : lifecycle.cancel(viewer, id));
    expect(changes).toEqual([{ kind: 'UPDATED', conversationId, messageIds: [] }]);
  });

  it('returns the cursor of the attempt of the stored text', async () => {
    const { ask, stores, ownerId } = opened;
    const generation = await ask({ status: 'CANCELLED', attempt: 2 });
    const { id, messageId } = generation;
    await stores.messages.setContent(ownerId, messageId ?? '', { generationId: id, attempt: 1 }, 'one');
    const { cursor } = await lifecycle.currentText(generation);
    const stop = new AbortController();
    const reader = lifecycle.watch(viewer, { id, after: cursor }, stop.signal);
    expect((await reader.next()).value).toMatchObject({ offset: 3, delta: '', attempt: 1 });
    await reader.return();
  });
});
