import { Failure } from '../../../errors/failures.ts';
import { type OpenedGenerations, openGenerations } from '../../generations.testing.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Autosave } from './autosave.ts';
import { Superseded } from './autosave.ts';
import { createOutput } from './output.ts';

describe('a writer', () => {
  let opened: OpenedGenerations;
  beforeEach(async () => {
    opened = await openGenerations(async function* () {});
  });
  afterEach(() => opened.close());

  const open = async (changes: Partial<Journal> = {}, attempt = 1) => {
    const { deps } = opened;
    const generation = await opened.ask({ status: 'RUNNING', attempt });
    const saved: string[] = [];
    const saver: Autosave = {
      schedule: ({ text }) => void saved.push(text),
      finish: async () => 'saved',
      stop: async () => {},
    };
    await deps.journal.begin(generation.id, { attempt, status: 'RUNNING', text: 'kept ', thinking: '' });
    const journal = { ...deps.journal, ...changes };
    const writer = createOutput({ ...deps, journal }, generation, { text: 'kept ', thinking: '' }, saver);
    return { writer, saved, generation, read: () => deps.journal.read(generation.id) };
  };
  const text = (value: string) => ({ text: value, thinking: '' });

  it('writes text and thoughts after what was kept', async () => {
    const { writer, saved, read } = await open();
    await writer.add({ text: 'one ', thinking: 'hm' });
    await writer.add(text('two'));
    await writer.finish();
    expect(await read()).toMatchObject({ text: 'kept one two', thinking: 'hm' });
    expect(writer.written).toEqual({ text: 'kept one two', thinking: 'hm' });
    expect(saved.at(-1)).toBe('kept one two');
  });

  it('gives the journal all of the text again where it lost some', async () => {
    const { writer, generation, read } = await open();
    await opened.deps.journal.restore(generation.id, {
      attempt: 1,
      status: 'RUNNING',
      text: '',
      thinking: '',
    });
    await writer.add(text('one'));
    await writer.finish();
    expect(await read()).toMatchObject({ text: 'kept one' });
  });

  it.each(['taken over', 'ended'])('stops where the generation was %s', async (how) => {
    const { writer, generation, read } = await open();
    const { id } = generation;
    const { generations, journal } = opened.deps;
    const patch = how === 'ended' ? ({ status: 'CANCELLED' } as const) : { attempt: 2 };
    await generations.transition(id, ['RUNNING'], patch);
    if (how === 'ended') await journal.end(id, 1);
    else await journal.begin(id, { attempt: 2, status: 'RUNNING', text: '', thinking: '' });
    const entry = await read();
    await writer.add(text('late')).catch(() => {});
    await expect(writer.finish()).rejects.toThrow(Superseded);
    expect(await read()).toEqual(entry);
  });

  it('stops where the saver was refused', async () => {
    const { deps } = opened;
    const generation = await opened.ask({ status: 'RUNNING' });
    await deps.journal.begin(generation.id, { attempt: 1, status: 'RUNNING', text: '', thinking: '' });
    const saver: Autosave = {
      schedule: () => {
        throw new Superseded();
      },
      finish: async () => 'superseded',
      stop: async () => {},
    };
    const writer = createOutput(deps, generation, text(''), saver);
    await writer.add(text('late'));
    await expect(writer.finish()).rejects.toThrow(Superseded);
  });

  it('writes a piece once though the answer of the journal was lost', async () => {
    const { append } = opened.deps.journal;
    let tries = 0;
    const { writer, read } = await open({
      async append(id, delta) {
        tries += 1;
        const outcome = await append(id, delta);
        if (tries === 1) throw new Failure('ENGINE_UNAVAILABLE', 'Redis was cut off.');
        return outcome;
      },
    });
    await writer.add(text('one '));
    await writer.add(text('two'));
    await writer.finish();
    expect(tries).toBeGreaterThan(1);
    expect((await read())?.text).toBe('kept one two');
  });
});
