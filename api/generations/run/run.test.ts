import { Failure } from '../../errors/failures.ts';
import {
  createGate,
  done,
  type OpenedGenerations,
  openGenerations,
  type Play,
} from '../generations.testing.ts';
import { collect } from '../journal/journal.contract.ts';
import { runGeneration } from './run.ts';
import { Stopped } from './stopped.ts';

describe('a run', () => {
  let opened: OpenedGenerations;
  const never = new AbortController().signal;
  const open = async (play: Play) => {
    opened = await openGenerations(play);
    return opened;
  };
  afterEach(() => opened.close());

  const answer: Play = async function* () {
    yield { type: 'thinking', text: 'hm' };
    yield* ['two ', 'and ', 'two', done];
  };

  it('stores the whole answer with its thinking and usage, and counts it once', async () => {
    const { deps, ask, find, message, ended, usage, ownerId } = await open(answer);
    const generation = await ask();
    const { id } = generation;
    await runGeneration(deps, { id, ownerId }, never);
    expect(await find(generation)).toMatchObject({
      status: 'COMPLETED',
      attempt: 1,
      thinking: 'hm',
      finishReason: 'STOP',
      usage: { promptTokens: 5, completionTokens: 7 },
    });
    expect(await message(generation)).toMatchObject({ content: 'two and two', attempt: 1 });
    expect(await deps.journal.read(id)).toBeNull();
    expect(await usage()).toMatchObject([{ generations: 1, promptTokens: 5, completionTokens: 7 }]);
    expect(ended).toHaveLength(1);
    // A second run has nothing to do.
    await runGeneration(deps, { id, ownerId, takeover: true }, never);
    expect(await usage()).toMatchObject([{ generations: 1 }]);
    expect(ended).toHaveLength(1);
  });

  it('keeps the text of an answer that fails before its end', async () => {
    const { deps, ask, find, message, ownerId } = await open(async function* () {
      yield 'half ';
      throw new Failure('ENGINE_FAILED', 'It broke.');
    });
    const generation = await ask();
    await runGeneration(deps, { id: generation.id, ownerId }, never);
    expect(await find(generation)).toMatchObject({ status: 'FAILED', error: { code: 'ENGINE_FAILED' } });
    expect((await message(generation)).content).toBe('half ');
  });

  it('changes and counts nothing once another worker has taken the generation over', async () => {
    const gate = createGate();
    const { deps, ask, find, message, usage, ended, ownerId, played } = await open(async function* () {
      yield 'of the first ';
      await gate.pass();
      yield* ['worker', done];
    });
    const generation = await ask();
    const { id } = generation;
    const paused = runGeneration(deps, { id, ownerId }, never);
    await gate.reached;
    played.play = async function* ({ messages }) {
      yield* [`and of the second after ${messages.at(-1)?.content.length}`, done];
    };
    await runGeneration(deps, { id, ownerId, takeover: true }, never);
    const text = 'of the first and of the second after 13';
    expect(await message(generation)).toMatchObject({ content: text, attempt: 2 });
    const [before, counted] = [await find(generation), await usage()];
    gate.open();
    await paused;
    expect(await find(generation)).toEqual(before);
    expect(before).toMatchObject({ status: 'COMPLETED', attempt: 2 });
    expect((await message(generation)).content).toBe(text);
    expect(await usage()).toEqual(counted);
    expect(counted).toMatchObject([{ generations: 1 }]);
    expect(ended).toHaveLength(1);
    expect(await deps.journal.read(id)).toBeNull();
  });

  it('does not end the entry of a later attempt', async () => {
    const gate = createGate();
    const { deps, ask, message, ownerId, played } = await open(async function* () {
      yield 'first ';
      await gate.pass();
      yield done;
    });
    const generation = await ask();
    const { id } = generation;
    const paused = runGeneration(deps, { id, ownerId }, never);
    await gate.reached;
    const second = createGate();
    played.play = async function* () {
      yield 'second ';
      await second.pass();
      yield* ['third', done];
    };
    const running = runGeneration(deps, { id, ownerId, takeover: true }, never);
    await second.reached;
    const reader = collect();
    const stop = await deps.journal.listen(id, reader.listener);
    gate.open();
    await paused;
    expect(await deps.journal.read(id)).toMatchObject({ attempt: 2, status: 'RUNNING' });
    expect(reader.notified).not.toContain('(ended 1)');
    second.open();
    await running;
    expect((await message(generation)).content).toBe('first second third');
    expect(reader.notified.at(-1)).toBe('(ended 2)');
    await stop();
  });

  it('restarts with the next attempt if the model cannot continue the text', async () => {
    const gate = createGate();
    const { deps, ask, message, find, ownerId, played, stores } = await open(async function* () {
      yield 'new';
      await gate.pass();
      yield done;
    });
    played.canContinue = false;
    const generation = await ask({ attempt: 2, thinking: 'old thoughts' }, 'old text');
    const { id } = generation;
    await deps.journal.begin(id, {
      attempt: 2,
      status: 'QUEUED',
      text: 'old text',
      thinking: 'old thoughts',
    });
    const running = runGeneration(deps, { id, ownerId }, never);
    await gate.reached;
    expect(await deps.journal.read(id)).toEqual({ attempt: 3, status: 'RUNNING', text: 'new', thinking: '' });
    expect(await message(generation)).toMatchObject({ attempt: 3, content: '' });
    expect((await stores.generations.findAnyOwner(id))?.thinking).toBeNull();
    gate.open();
    await running;
    expect(await message(generation)).toMatchObject({ attempt: 3, content: 'new' });
    expect(await find(generation)).toMatchObject({ attempt: 3, status: 'COMPLETED', thinking: null });
  });

  it('continues within its attempt if the model can', async () => {
    const { deps, ask, message, requests, ownerId } = await open(async function* () {
      yield* [' and more', done];
    });
    const generation = await ask({ attempt: 2, thinking: 'hm' }, 'so far');
    await runGeneration(deps, { id: generation.id, ownerId }, never);
    expect(requests[0]?.messages.at(-1)).toMatchObject({ role: 'assistant', content: 'so far' });
    expect(await message(generation)).toMatchObject({ attempt: 2, content: 'so far and more' });
  });

  it('keeps the text when it hands over, and does not enqueue a generation that it has lost', async () => {
    const { deps, ask, find, stores, ownerId, played } = await open(answer);
    for (const isLost of [false, true]) {
      const gate = createGate();
      played.play = async function* () {
        yield 'half';
        await gate.pass();
        yield* [' of it', done];
      };
      const generation = await ask();
      const { id } = generation;
      const controller = new AbortController();
      const running = runGeneration(deps, { id, ownerId }, controller.signal);
      await gate.reached;
      if (isLost) await stores.generations.transition(id, ['RUNNING'], { attempt: 2 }, 1);
      controller.abort(new Stopped('handed over'));
      gate.open();
      await running;
      expect((await find(generation)).status).toBe('RUNNING');
      expect(await deps.queue.has(id)).toBe(!isLost);
      expect(await deps.journal.read(id)).toMatchObject({ text: 'half' });
    }
  });

  it("is counted once if the store's reply to its end was lost", async () => {
    const { deps, ask, find, usage, ended, ownerId } = await open(answer);
    const generation = await ask();
    const { id } = generation;
    let isLost = false;
    const { transition } = deps.generations;
    const losing = {
      ...deps.generations,
      async transition(...given: Parameters<typeof transition>) {
        const changed = await transition(...given);
        if (given[2].status === 'COMPLETED' && !isLost) {
          isLost = true;
          throw new Failure('ENGINE_UNAVAILABLE', 'The connection was cut.');
        }
        return changed;
      },
    };
    await runGeneration({ ...deps, generations: losing }, { id, ownerId }, never);
    expect(isLost).toBe(true);
    expect(await find(generation)).toMatchObject({ status: 'COMPLETED', attempt: 1 });
    expect(await usage()).toMatchObject([{ generations: 1 }]);
    expect(ended).toHaveLength(1);
    expect(await deps.journal.read(id)).toBeNull();
  });

  it('leaves no entry of a generation that was deleted during the run', async () => {
    const gate = createGate();
    const { deps, ask, stores, usage, ownerId } = await open(async function* () {
      yield 'one';
      await gate.pass();
      yield done;
    });
    const generation = await ask();
    const running = runGeneration(deps, { id: generation.id, ownerId }, never);
    await gate.reached;
    await stores.conversations.delete(ownerId, generation.conversationId ?? '');
    gate.open();
    await running;
    expect(await deps.journal.read(generation.id)).toBeNull();
    expect(await usage()).toEqual([]);
  });

  it('runs a generation with the id of an earlier, deleted one', async () => {
    const { deps, ask, find, message, ownerId } = await open(answer);
    const generation = await ask();
    await deps.journal.end(generation.id, 3);
    await runGeneration(deps, { id: generation.id, ownerId }, never);
    expect(await find(generation)).toMatchObject({ status: 'COMPLETED', attempt: 4 });
    expect(await message(generation)).toMatchObject({ content: 'two and two', attempt: 4 });
  });
});
