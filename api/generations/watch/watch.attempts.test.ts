import { setImmediate as nextTurn } from 'node:timers/promises';
import { createIds } from '../../process/ids.ts';
import { abortOnReturn } from '../../realtime/abortOnReturn.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { writeGeneration } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Generation, GenerationStatus } from '../generation.ts';
import { createMemoryJournal } from '../journal/journal.memory.ts';
import { createMemoryQueue } from '../queue/queue.memory.ts';
import { type GenerationEvent, watchGeneration } from './watch.ts';

/** Lets all pending promises settle: in one process nothing else is pending. */
const turns = async () => {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
};

/** Applies an event like a client. */
const apply = (text: string, { offset, delta }: GenerationEvent) => text.slice(0, offset) + delta;

describe('a reader of a generation whose attempts change', () => {
  const ids = createIds();
  const ownerId = ids.next();
  const queue = createMemoryQueue();
  let journal: ReturnType<typeof createMemoryJournal>;
  let stores: Stores;
  let reads: number;
  let generation: Generation;
  let id: string;

  beforeAll(async () => {
    stores = await openTemporaryStores();
  });
  beforeEach(async () => {
    journal = createMemoryJournal();
    reads = 0;
    generation = await writeGeneration(stores, { ownerId, status: 'RUNNING' });
    id = generation.id;
    await journal.begin(id, { attempt: 1, status: 'RUNNING', text: '', thinking: '' });
  });
  afterAll(() => stores.close());

  const watch = (after = 0) => {
    const counting = {
      ...journal,
      read: (of: string) => {
        reads += 1;
        return journal.read(of);
      },
    };
    return abortOnReturn((signal) =>
      watchGeneration({ ...stores, journal: counting, queue }, { ownerId, id, after }, signal),
    );
  };

  const append = (attempt: number, offset: number, delta: string) =>
    journal.append(id, { attempt, offset, delta, thinkingOffset: 0, thinkingDelta: '' });

  const save = (attempt: number, text: string) =>
    stores.messages.setContent(ownerId, generation.messageId ?? '', { generationId: id, attempt }, text);

  const end = async (attempt: number, status: GenerationStatus, text: string) => {
    await save(attempt, text);
    await stores.generations.transition(id, ['RUNNING'], { status }, attempt);
    await journal.end(id, attempt);
  };

  const continueWith = async (attempt: number, text: string) => {
    await stores.generations.transition(id, ['CANCELLED'], { status: 'RUNNING', attempt });
    await stores.messages.fence(ownerId, generation.messageId ?? '', { generationId: id, attempt });
    await journal.begin(id, { attempt, status: 'RUNNING', text, thinking: '' });
  };

  it('gets the right text although it was suspended during cancels and continuations', async () => {
    const reader = watch();
    let text = apply('', (await reader.next()).value as GenerationEvent);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await append(attempt, `${attempt - 1}`.length * (attempt - 1), `${attempt}`);
      await end(attempt, 'CANCELLED', '1234'.slice(0, attempt));
      await continueWith(attempt + 1, '1234'.slice(0, attempt));
    }
    const { value } = await reader.next();
    expect(value).toMatchObject({ attempt: 5, offset: 0, delta: '1234', status: 'RUNNING' });
    text = apply(text, value as GenerationEvent);
    expect(text).toBe('1234');

    // It waits now: it neither spins nor ends.
    const next = reader.next();
    await turns();
    expect(reads).toBeLessThan(5);
    await append(5, 4, '5');
    text = apply(text, (await next).value as GenerationEvent);
    await end(5, 'COMPLETED', '12345');
    const last = (await reader.next()).value as GenerationEvent;
    expect(last).toMatchObject({ status: 'COMPLETED', attempt: 5, offset: 5, delta: '' });
    expect(apply(text, last)).toBe('12345');
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(journal.listenerCount()).toBe(0);
  });

  it('gets the new text from its beginning if it does not extend the old one', async () => {
    const reader = watch();
    await reader.next();
    await append(1, 0, 'the old text');
    const before = (await reader.next()).value as GenerationEvent;
    await end(1, 'CANCELLED', 'the old text');
    await continueWith(2, 'the old text');
    // The model can't continue the text: the run restarts with the next attempt.
    await stores.generations.transition(id, ['RUNNING'], { attempt: 3, thinking: null }, 2);
    await save(3, '');
    await journal.begin(id, { attempt: 3, status: 'RUNNING', text: '', thinking: '' });
    await append(3, 0, 'new');
    for (const after of [before.cursor, before.cursor + 1]) {
      const resumed = watch(after);
      expect((await resumed.next()).value).toMatchObject({ attempt: 3, offset: 0, delta: 'new' });
      await resumed.return();
    }
    expect((await reader.next()).value).toMatchObject({ attempt: 3, offset: 0, delta: 'new' });
    await reader.return();
  });

  it('gets the attempt of the stored text if the journal has no entry', async () => {
    await save(1, 'of attempt one');
    await journal.end(id, 1);
    await stores.generations.transition(id, ['RUNNING'], { attempt: 2 }, 1);
    const reader = watch();
    expect((await reader.next()).value).toMatchObject({ attempt: 1, delta: 'of attempt one' });
    await save(2, '');
    await journal.begin(id, { attempt: 2, status: 'RUNNING', text: '', thinking: '' });
    await append(2, 0, 'two');
    expect((await reader.next()).value).toMatchObject({ attempt: 2, offset: 0, delta: 'two' });
    await reader.return();
  });

  it('keeps its text while the store lags behind the journal', async () => {
    const reader = watch();
    await reader.next();
    await append(1, 0, 'all of it');
    await reader.next();
    await save(1, 'all');
    // As if Redis had lost its data.
    const lost = createMemoryJournal();
    const { read } = journal;
    journal.read = lost.read;
    const next = reader.next();
    await journal.setStatus(id, 1, 'QUEUED');
    await turns();
    journal.read = read;
    await journal.setStatus(id, 1, 'RUNNING');
    await append(1, 9, ' and more');
    const event = (await next).value as GenerationEvent;
    expect(event.offset).toBe(9);
    await reader.return();
  });

  it('gets the end from the store if a crash left the entry', async () => {
    await append(1, 0, 'left');
    await save(1, 'left and saved');
    await stores.generations.transition(id, ['RUNNING'], { status: 'INTERRUPTED' }, 1);
    const events: GenerationEvent[] = [];
    for await (const event of watch()) events.push(event);
    expect(events.at(-1)).toMatchObject({ status: 'INTERRUPTED' });
    expect(events.reduce(apply, '')).toBe('left and saved');
  });

  it('ignores an entry of an earlier attempt', async () => {
    await end(1, 'CANCELLED', 'one');
    await continueWith(2, 'one');
    const reader = watch();
    expect((await reader.next()).value).toMatchObject({ attempt: 2, delta: 'one' });
    const { read } = journal;
    journal.read = async () => ({ attempt: 1, status: 'RUNNING', text: 'of before', thinking: '' });
    const next = reader.next();
    await journal.setStatus(id, 2, 'QUEUED');
    await turns();
    journal.read = read;
    await journal.setStatus(id, 2, 'RUNNING');
    await append(2, 3, ' two');
    expect((await next).value).toMatchObject({ attempt: 2, offset: 3, delta: ' two' });
    await reader.return();
  });

  it('gets the text of its own end, not the text of the next attempt', async () => {
    await end(1, 'CANCELLED', 'one');
    const { find } = stores.messages;
    const reads = { count: 0 };
    const racing: Stores = {
      ...stores,
      messages: {
        ...stores.messages,
        async find(owner, of) {
          reads.count += 1;
          // It is continued between the two reads, and the new attempt restarts.
          if (reads.count === 1) {
            await continueWith(2, '');
            await save(2, 'the start of a new text');
            await journal.end(id, 2);
          }
          return find(owner, of);
        },
      },
    };
    const stop = new AbortController();
    const reader = watchGeneration({ ...racing, journal, queue }, { ownerId, id, after: 0 }, stop.signal);
    const { value } = await reader.next();
    expect(value).toMatchObject({ status: 'RUNNING', attempt: 2, delta: 'the start of a new text' });
    await reader.return();
  });
});
