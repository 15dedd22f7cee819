import { type OpenedGenerations, openGenerations } from '../generations.testing.ts';
import { collect } from '../journal/journal.contract.ts';
import { beginEntry, claim, createOwnership } from './claim.ts';

describe('a claim', () => {
  let opened: OpenedGenerations;
  beforeEach(async () => {
    opened = await openGenerations(async function* () {});
  });
  afterEach(() => opened.close());

  it('marks a queued generation RUNNING, for one worker only', async () => {
    const { deps, ask, ownerId } = opened;
    const { id } = await ask();
    const claims = await Promise.all([1, 2, 3].map(() => claim(deps, { id, ownerId })));
    expect(claims.filter((claimed) => claimed !== null)).toMatchObject([{ status: 'RUNNING', attempt: 1 }]);
  });

  it('takes a running generation over with the next attempt, for one worker, and only with takeover set', async () => {
    const { deps, ask, ownerId } = opened;
    const { id } = await ask({ status: 'RUNNING', attempt: 2 });
    expect(await claim(deps, { id, ownerId })).toBeNull();
    const claims = await Promise.all([1, 2].map(() => claim(deps, { id, ownerId, takeover: true })));
    expect(claims.filter((claimed) => claimed !== null)).toMatchObject([{ status: 'RUNNING', attempt: 3 }]);
  });

  it('claims again what the same run claimed, and leaves what another worker has claimed since', async () => {
    const { deps, ask, ownerId } = opened;
    const { id } = await ask();
    const ownership = createOwnership();
    expect(await claim(deps, { id, ownerId }, ownership)).toMatchObject({ attempt: 1 });
    expect(await claim(deps, { id, ownerId }, ownership)).toMatchObject({ attempt: 2 });
    expect(await claim(deps, { id, ownerId, takeover: true })).toMatchObject({ attempt: 3 });
    expect(await claim(deps, { id, ownerId }, ownership)).toBeNull();
    expect(await deps.generations.findAnyOwner(id)).toMatchObject({ status: 'RUNNING', attempt: 3 });
  });

  it('replaces the dead worker that it saw first, and no later one', async () => {
    const { deps, ask, ownerId } = opened;
    const { id } = await ask({ status: 'RUNNING' });
    const transition = async (
      ...[of, from, patch, attempt]: Parameters<typeof deps.generations.transition>
    ) => {
      if (from[0] === 'RUNNING') throw new Error('the store is unavailable');
      return deps.generations.transition(of, from, patch, attempt);
    };
    const failing = { ...deps, generations: { ...deps.generations, transition } };
    let isHeld = true;
    const ownership = createOwnership(async () => isHeld);
    const job = { id, ownerId, takeover: true };
    await expect(claim(failing, job, ownership)).rejects.toThrow('the store is unavailable');
    isHeld = false;
    expect(await claim(deps, job)).toMatchObject({ attempt: 2 });
    expect(await claim(deps, job, ownership)).toBeNull();
  });

  it('replaces no worker once its own lock is lost, even if it has seen no attempt yet', async () => {
    const { deps, ask, ownerId } = opened;
    const { id } = await ask({ status: 'RUNNING' });
    let isHeld = true;
    const ownership = createOwnership(async () => isHeld);
    const job = { id, ownerId, takeover: true };
    const transition = () => Promise.reject(new Error('the store is unavailable'));
    const failing = { ...deps, generations: { ...deps.generations, transition } };
    await expect(claim(failing, job, ownership)).rejects.toThrow('the store is unavailable');
    // This worker is paused past the expiry of its lock, and the queue gives the job to another one.
    isHeld = false;
    expect(await claim(deps, job)).toMatchObject({ attempt: 2 });
    expect(await claim(deps, job, ownership)).toBeNull();
    expect(await deps.generations.findAnyOwner(id)).toMatchObject({ status: 'RUNNING', attempt: 2 });
  });

  it('knows its own claim though the reply was lost, and takes no other for its own', async () => {
    const { deps, ask, ownerId } = opened;
    let now = new Date('2026-01-01T00:00:00Z');
    const clock = () => now;
    const losingReplies = {
      ...deps,
      clock,
      generations: {
        ...deps.generations,
        async transition(...args: Parameters<typeof deps.generations.transition>) {
          const changed = await deps.generations.transition(...args);
          if (changed) throw new Error('the store is unavailable');
          return changed;
        },
      },
    };
    const { id } = await ask();
    const ownership = createOwnership();
    await expect(claim(losingReplies, { id, ownerId }, ownership)).rejects.toThrow(
      'the store is unavailable',
    );
    now = new Date('2026-01-01T00:00:02Z');
    expect(await claim({ ...deps, clock }, { id, ownerId }, ownership)).toMatchObject({ attempt: 2 });

    const lost = await ask();
    const paused = createOwnership();
    await expect(claim(losingReplies, { id: lost.id, ownerId }, paused)).rejects.toThrow('unavailable');
    // Cancelled and continued meanwhile.
    await deps.generations.transition(lost.id, ['RUNNING'], {
      status: 'QUEUED',
      attempt: 2,
      startedAt: null,
    });
    now = new Date('2026-01-01T00:00:04Z');
    expect(await claim({ ...deps, clock }, { id: lost.id, ownerId })).toMatchObject({ attempt: 2 });
    expect(await claim({ ...deps, clock }, { id: lost.id, ownerId }, paused)).toBeNull();

    const dead = await ask({ status: 'RUNNING' });
    const job = { id: dead.id, ownerId, takeover: true };
    const successor = createOwnership();
    await expect(claim(losingReplies, job, successor)).rejects.toThrow('unavailable');
    await expect(claim(losingReplies, job, successor)).rejects.toThrow('unavailable');
    expect(await claim(deps, job, successor)).toMatchObject({ attempt: 4 });

    const moved = await ask();
    const late = createOwnership(async () => false);
    await expect(claim(losingReplies, { id: moved.id, ownerId }, late)).rejects.toThrow('unavailable');
    // The queue has given the job to another worker.
    expect(await claim({ ...deps, clock }, { id: moved.id, ownerId }, late)).toBeNull();
  });

  it('notifies the readers of a final or deleted generation', async () => {
    const { deps, ask, ownerId } = opened;
    const { id } = await ask({ status: 'CANCELLED', attempt: 2 });
    await deps.journal.begin(id, { attempt: 2, status: 'RUNNING', text: '', thinking: '' });
    const reader = collect();
    await deps.journal.listen(id, reader.listener);
    expect(await claim(deps, { id, ownerId, takeover: true })).toBeNull();
    await reader.until('(ended 2)');
    expect(await deps.journal.read(id)).toBeNull();
    await deps.journal.begin('deleted', { attempt: 3, status: 'RUNNING', text: '', thinking: '' });
    expect(await claim(deps, { id: 'deleted', ownerId })).toBeNull();
    expect(await deps.journal.read('deleted')).toBeNull();
  });

  describe('continues from', () => {
    const running = (attempt: number, text: string, thinking = '') =>
      ({ attempt, status: 'RUNNING', text, thinking }) as const;
    const takeOver = async (stored: string, entry: ReturnType<typeof running> | null, thinking = '') => {
      const { deps, ask, ownerId } = opened;
      const { id } = await ask({ status: 'RUNNING', thinking: thinking || null }, stored);
      if (entry) await deps.journal.begin(id, entry);
      const claimed = await claim(deps, { id, ownerId, takeover: true });
      const begun = claimed && (await beginEntry(deps, claimed));
      if (!begun) throw new Error('it was not begun');
      return { ...begun, entry: await deps.journal.read(id) };
    };

    it('the text of the journal, if it has more than the store', async () => {
      const { previous, entry } = await takeOver('so', running(1, 'so far', 'hm'));
      expect(previous).toEqual({ text: 'so far', thinking: 'hm', stored: 'so' });
      expect(entry).toEqual(running(2, 'so far', 'hm'));
    });

    it('the text of the store, if the journal lost its own or some of it', async () => {
      expect((await takeOver('so far', null, 'hm')).previous).toMatchObject({
        text: 'so far',
        thinking: 'hm',
      });
      expect((await takeOver('so far', running(1, 'so'))).previous).toMatchObject({ text: 'so far' });
    });

    it('nothing if the model cannot continue a text, with an attempt that no reader has text of', async () => {
      opened.played.canContinue = false;
      const { previous, entry, generation } = await takeOver('so', running(1, 'so far'));
      expect(previous).toEqual({ text: '', thinking: '', stored: '' });
      expect(generation.attempt).toBe(3);
      expect(entry).toEqual(running(3, ''));
      expect(await opened.message(generation)).toMatchObject({ content: '', attempt: 3 });
    });

    it('nothing if there is only thinking, which starts again too', async () => {
      const { previous, entry, generation } = await takeOver('', running(1, '', 'hm'), 'h');
      expect(previous).toMatchObject({ text: '', thinking: '' });
      expect(generation).toMatchObject({ attempt: 3, thinking: null });
      expect(entry).toEqual(running(3, ''));
    });
  });

  it('fences the dead worker out before it reads the text', async () => {
    const { deps, ask, ownerId, message } = opened;
    const generation = await ask({ status: 'RUNNING' }, 'one');
    const { id, messageId } = generation;
    const late = (text: string) =>
      deps.messages.setContent(ownerId, messageId ?? '', { generationId: id, attempt: 1 }, text);
    const claimed = await claim(deps, { id, ownerId, takeover: true });
    // Between the claim and the first write of the new worker.
    expect(await late('one two')).toBe(true);
    const begun = claimed && (await beginEntry(deps, claimed));
    expect(begun?.previous.text).toBe('one two');
    expect(await late('one')).toBe(false);
    expect(await message(generation)).toMatchObject({ content: 'one two', attempt: 2 });
  });

  it('begins no entry if a third worker has already taken the generation over', async () => {
    const { deps, ask, ownerId } = opened;
    const { id } = await ask({ status: 'RUNNING' }, 'one');
    const second = await claim(deps, { id, ownerId, takeover: true });
    const third = await claim(deps, { id, ownerId, takeover: true });
    expect(third && (await beginEntry(deps, third))).toMatchObject({ generation: { attempt: 3 } });
    expect(second && (await beginEntry(deps, second))).toBeNull();
    expect(await deps.journal.read(id)).toMatchObject({ attempt: 3 });
  });
});
