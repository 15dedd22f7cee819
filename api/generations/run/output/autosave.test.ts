import { Failure } from '../../../errors/failures.ts';
import type { MessageStore } from '../../../messages/store.ts';
import { createGate, type OpenedGenerations, openGenerations } from '../../generations.testing.ts';
import type { GenerationStore } from '../../store/store.ts';
import { createAutosave, Superseded } from './autosave.ts';

describe('autosave', () => {
  let opened: OpenedGenerations;
  beforeEach(async () => {
    opened = await openGenerations(async function* () {});
  });
  afterEach(() => opened.close());

  const unavailable = () => new Failure('ENGINE_UNAVAILABLE', 'The store is unavailable.');

  /** A store that reports each text that is written: all of it, or what is appended after `+`. */
  const told = (messages: MessageStore) => {
    const written: string[] = [];
    let wake: () => void = () => {};
    const tell = (text: string) => {
      written.push(text);
      wake();
    };
    return {
      messages: {
        ...messages,
        async setContent(...given: Parameters<MessageStore['setContent']>) {
          const isWritten = await messages.setContent(...given);
          tell(given[3]);
          return isWritten;
        },
        async appendContents(...given: Parameters<MessageStore['appendContents']>) {
          const made = await messages.appendContents(...given);
          for (const [index, { delta }] of given[0].entries()) if (made[index]) tell(`+${delta}`);
          return made;
        },
      },
      written,
      async count(count: number) {
        while (written.length < count) await new Promise<void>((resolve) => (wake = resolve));
      },
    };
  };

  it('saves the latest text while it grows, and all of it at the end', async () => {
    const { deps, ask, find, message } = opened;
    const generation = await ask({ status: 'RUNNING' });
    const store = told(deps.messages);
    const saver = createAutosave({ ...deps, messages: store.messages }, generation, '');
    saver.schedule({ text: 'a', thinking: '' });
    saver.schedule({ text: 'ab', thinking: 'hm' });
    await store.count(1);
    expect(store.written).toEqual(['+ab']);
    expect(await message(generation)).toMatchObject({ content: 'ab', attempt: 1 });
    expect(await saver.finish('abc', { status: 'COMPLETED' })).toBe('saved');
    expect(await find(generation)).toMatchObject({ status: 'COMPLETED', thinking: 'hm' });
    expect((await message(generation)).content).toBe('abc');
  });

  it('saves text that arrives during a save, without another chunk', async () => {
    const { deps, ask } = opened;
    const generation = await ask({ status: 'RUNNING' });
    const store = told(deps.messages);
    const gate = createGate();
    const slow: MessageStore = {
      ...store.messages,
      async appendContents(appends) {
        if (appends[0]?.delta === 'a') await gate.pass();
        return store.messages.appendContents(appends);
      },
    };
    const saver = createAutosave({ ...deps, messages: slow }, generation, '');
    saver.schedule({ text: 'a', thinking: '' });
    await gate.reached;
    saver.schedule({ text: 'ab', thinking: '' });
    gate.open();
    await store.count(2);
    expect(store.written).toEqual(['+a', '+b']);
    await saver.stop();
  });

  it('appends what is new, but never half of a surrogate pair', async () => {
    const { deps, ask, message } = opened;
    const generation = await ask({ status: 'RUNNING' });
    const store = told(deps.messages);
    const saver = createAutosave({ ...deps, messages: store.messages }, generation, '');
    const horse = '🐎';
    const grown = ['é', `é${horse[0]}`, `é${horse}b`];
    for (const [index, text] of grown.entries()) {
      saver.schedule({ text, thinking: '' });
      if (index !== 1) await store.count(store.written.length + 1);
    }
    expect(await saver.finish(`é${horse}bc`, { status: 'COMPLETED' })).toBe('saved');
    expect(store.written).toEqual(['+é', `+${horse}b`, '+c']);
    expect((await message(generation)).content).toBe(`é${horse}bc`);
  });

  it('writes the whole text after an append whose reply was lost, which then has no effect', async () => {
    const { deps, ask, message } = opened;
    const generation = await ask({ status: 'RUNNING' });
    const store = told(deps.messages);
    const late: (() => Promise<unknown>)[] = [];
    const losing: MessageStore = {
      ...store.messages,
      async appendContents(appends) {
        late.push(() => deps.messages.appendContents(appends));
        throw unavailable();
      },
    };
    const saver = createAutosave({ ...deps, messages: losing }, generation, '');
    saver.schedule({ text: 'a', thinking: '' });
    await store.count(1);
    saver.schedule({ text: 'ab', thinking: '' });
    await store.count(2);
    for (const arrive of late) await arrive();
    expect(store.written).toEqual(['a', 'ab']);
    expect((await message(generation)).content).toBe('ab');
    await saver.stop();
  });

  it('retries while the store is unavailable', async () => {
    const { deps, ask } = opened;
    const generation = await ask({ status: 'RUNNING' });
    const store = told(deps.messages);
    let tries = 0;
    const failing: MessageStore = {
      ...store.messages,
      async appendContents() {
        tries += 1;
        throw unavailable();
      },
      async setContent(...given) {
        tries += 1;
        return store.messages.setContent(...given);
      },
    };
    const saver = createAutosave({ ...deps, messages: failing }, generation, '');
    saver.schedule({ text: 'a', thinking: '' });
    await store.count(1);
    expect(tries).toBe(2);
    await saver.stop();
  });

  it.each(['before the first save of the next attempt', 'after it', 'after its end'])(
    'changes nothing once it is superseded, %s',
    async (moment) => {
      const { deps, ask, find, message } = opened;
      const { generations, messages, ownerId } = { ...deps, ...opened };
      const generation = await ask({ status: 'RUNNING' });
      const { id, messageId } = generation;
      const paused = createAutosave(deps, generation, '');
      await generations.transition(id, ['RUNNING'], { attempt: 2 }, 1);
      const author = { generationId: id, attempt: 2 };
      await messages.fence(ownerId, messageId ?? '', author);
      const second = createAutosave(deps, { ...generation, attempt: 2 }, '');
      if (moment === 'after it') await messages.setContent(ownerId, messageId ?? '', author, 'of the second');
      if (moment === 'after its end')
        expect(await second.finish('whole', { status: 'COMPLETED' })).toBe('saved');
      const [row, text] = [await find(generation), await message(generation)];
      paused.schedule({ text: 'of the first', thinking: 'late' });
      expect(await paused.finish('of the first', { status: 'FAILED' })).toBe('superseded');
      expect(await find(generation)).toEqual(row);
      expect(await message(generation)).toEqual(text);
    },
  );

  it('throws Superseded once the store has rejected a save', async () => {
    const { deps, ask } = opened;
    const generation = await ask({ status: 'RUNNING' });
    const refused = Promise.withResolvers<void>();
    const telling: GenerationStore = {
      ...deps.generations,
      async transition(...given) {
        const changed = await deps.generations.transition(...given);
        if (changed === null) refused.resolve();
        return changed;
      },
    };
    const saver = createAutosave({ ...deps, generations: telling }, generation, '');
    saver.schedule({ text: 'a', thinking: '' });
    const { id, ownerId, messageId } = generation;
    await deps.generations.transition(id, ['RUNNING'], { attempt: 2 }, 1);
    await deps.messages.fence(ownerId, messageId ?? '', { generationId: id, attempt: 2 });
    await refused.promise;
    await saver.stop();
    expect(() => saver.schedule({ text: 'ab', thinking: '' })).toThrow(Superseded);
  });

  it('retries saving the end, text first', async () => {
    const { deps, ask, find, message } = opened;
    const generation = await ask({ status: 'RUNNING' });
    const order: string[] = [];
    const failOnce = (what: string) => {
      order.push(what);
      if (order.filter((one) => one === what).length < 2) throw unavailable();
    };
    const messages: MessageStore = {
      ...deps.messages,
      async appendContents(appends) {
        failOnce('text');
        return deps.messages.appendContents(appends);
      },
      async setContent(...given) {
        failOnce('text');
        return deps.messages.setContent(...given);
      },
    };
    const generations: GenerationStore = {
      ...deps.generations,
      async transition(...given) {
        failOnce('status');
        return deps.generations.transition(...given);
      },
    };
    const saver = createAutosave({ ...deps, messages, generations }, generation, '');
    expect(await saver.finish('all', { status: 'COMPLETED' })).toBe('saved');
    // A saved text isn't saved again.
    expect(order).toEqual(['text', 'text', 'status', 'status']);
    expect((await find(generation)).status).toBe('COMPLETED');
    expect((await message(generation)).content).toBe('all');
  });

  it('recognises its own end, even if the answer was continued, and ended again, before the store replied', async () => {
    const { deps, ask } = opened;
    for (const then of ['nothing', 'continued', 'ended again']) {
      const generation = await ask({ status: 'RUNNING' });
      const { id } = generation;
      let tries = 0;
      const losing: GenerationStore = {
        ...deps.generations,
        async transition(...given) {
          tries += 1;
          const changed = await deps.generations.transition(...given);
          if (tries > 1) return changed;
          if (then !== 'nothing') {
            const queuedAgain = { status: 'QUEUED', attempt: 2, continuedAttempts: [1] } as const;
            await deps.generations.transition(id, ['FAILED'], queuedAgain);
          }
          if (then === 'ended again') {
            await deps.generations.transition(id, ['QUEUED'], { status: 'RUNNING', attempt: 3 });
            await deps.generations.transition(id, ['RUNNING'], { status: 'CANCELLED', usage: null });
          }
          throw unavailable();
        },
      };
      const usage = {
        promptTokens: 1,
        completionTokens: 2,
        tokensPerSecond: null,
        timeToFirstTokenMs: null,
        durationMs: 0.25,
      };
      const saver = createAutosave({ ...deps, generations: losing }, generation, '');
      expect(await saver.finish('x', { status: 'FAILED', usage })).toBe('saved');
    }
  });

  it("does not take another worker's end for its own, even with the same usage and a continuation", async () => {
    const { deps, ask, find } = opened;
    for (const isUncertain of [false, true]) {
      const generation = await ask({ status: 'RUNNING' });
      const { id } = generation;
      const usage = {
        promptTokens: 1,
        completionTokens: 2,
        tokensPerSecond: null,
        timeToFirstTokenMs: null,
        durationMs: 0.25,
      };
      await deps.generations.transition(id, ['RUNNING'], { attempt: 2 }, 1);
      await deps.generations.transition(id, ['RUNNING'], { status: 'CANCELLED', usage }, 2);
      const queuedAgain = { status: 'QUEUED', attempt: 3, continuedAttempts: [2] } as const;
      await deps.generations.transition(id, ['CANCELLED'], queuedAgain, 2);
      let tries = 0;
      const failing: GenerationStore = {
        ...deps.generations,
        async transition(...given) {
          tries += 1;
          if (isUncertain && tries === 1) throw unavailable();
          return deps.generations.transition(...given);
        },
      };
      const saver = createAutosave({ ...deps, generations: failing }, generation, '');
      expect(await saver.finish('', { status: 'FAILED', usage })).toBe('superseded');
      expect(await find(generation)).toMatchObject({ status: 'QUEUED', attempt: 3 });
    }
  });

  it('writes only the final state outside of conversations', async () => {
    const { deps, stores, ask, find } = opened;
    const model = await ask();
    const given = {
      ...model,
      id: 'outside',
      conversationId: null,
      messageId: null,
      prompt: { messages: [] },
    };
    const generation = await stores.generations.insert({ ...given, status: 'RUNNING' });
    const saver = createAutosave(deps, generation, '');
    saver.schedule({ text: 'never stored', thinking: 'neither' });
    expect(await saver.finish('never stored', { status: 'COMPLETED', prompt: null })).toBe('saved');
    expect(await find(generation)).toMatchObject({ status: 'COMPLETED', thinking: null });
  });
});
