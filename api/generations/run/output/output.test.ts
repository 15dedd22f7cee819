import { Failure } from '../../../errors/failures.ts';
import { type OpenedGenerations, openGenerations } from '../../generations.testing.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Autosave } from './autosave.ts';
import { Superseded } from './autosave.ts';
import { createOutput } from './output.ts';

describe('an output', () => {
  let opened: OpenedGenerations;
  beforeEach(async () => {
    opened = await openGenerations(async function* () {});
  });
  afterEach(() => opened.close());

  const open = async (changes: Partial<Journal> = {}, attempt = 1) => {
    const { deps } = opened;
    const generation = await opened.ask({ status: 'RUNNING', attempt });
    const saved: string[] = [];
    const autosave: Autosave = {
      schedule: ({ text }) => void saved.push(text),
      finish: async () => 'saved',
      stop: async () => {},
    };
    await deps.journal.begin(generation.id, { attempt, status: 'RUNNING', text: 'kept ', thinking: '' });
    const journal = { ...deps.journal, ...changes };
    const output = createOutput({ ...deps, journal }, generation, { text: 'kept ', thinking: '' }, autosave);
    return { output, saved, generation, read: () => deps.journal.read(generation.id) };
  };
  const text = (value: string) => ({ text: value, thinking: '' });

  it('appends text and thinking to the previous text', async () => {
    const { output, saved, read } = await open();
    await output.add({ text: 'one ', thinking: 'hm' });
    await output.add(text('two'));
    await output.finish();
    expect(await read()).toMatchObject({ text: 'kept one two', thinking: 'hm' });
    expect(output.written).toEqual({ text: 'kept one two', thinking: 'hm' });
    expect(saved.at(-1)).toBe('kept one two');
  });

  it("restores the journal's text if it lost some", async () => {
    const { output, generation, read } = await open();
    await opened.deps.journal.restore(generation.id, {
      attempt: 1,
      status: 'RUNNING',
      text: '',
      thinking: '',
    });
    await output.add(text('one'));
    await output.finish();
    expect(await read()).toMatchObject({ text: 'kept one' });
  });

  it.each(['taken over', 'ended'])('stops if the generation was %s', async (how) => {
    const { output, generation, read } = await open();
    const { id } = generation;
    const { generations, journal } = opened.deps;
    const patch = how === 'ended' ? ({ status: 'CANCELLED' } as const) : { attempt: 2 };
    await generations.transition(id, ['RUNNING'], patch);
    if (how === 'ended') await journal.end(id, 1);
    else await journal.begin(id, { attempt: 2, status: 'RUNNING', text: '', thinking: '' });
    const entry = await read();
    await output.add(text('late')).catch(() => {});
    await expect(output.finish()).rejects.toThrow(Superseded);
    expect(await read()).toEqual(entry);
  });

  it('stops if autosave is superseded', async () => {
    const { deps } = opened;
    const generation = await opened.ask({ status: 'RUNNING' });
    await deps.journal.begin(generation.id, { attempt: 1, status: 'RUNNING', text: '', thinking: '' });
    const autosave: Autosave = {
      schedule: () => {
        throw new Superseded();
      },
      finish: async () => 'superseded',
      stop: async () => {},
    };
    const output = createOutput(deps, generation, text(''), autosave);
    await output.add(text('late'));
    await expect(output.finish()).rejects.toThrow(Superseded);
  });

  it("writes a chunk once even if the journal's reply was lost", async () => {
    const { append } = opened.deps.journal;
    let tries = 0;
    const { output, read } = await open({
      async append(id, delta) {
        tries += 1;
        const outcome = await append(id, delta);
        if (tries === 1) throw new Failure('ENGINE_UNAVAILABLE', 'Redis was cut off.');
        return outcome;
      },
    });
    await output.add(text('one '));
    await output.add(text('two'));
    await output.finish();
    expect(tries).toBeGreaterThan(1);
    expect((await read())?.text).toBe('kept one two');
  });
});
