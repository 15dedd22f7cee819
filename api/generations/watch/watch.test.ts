import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createIds } from '../../process/ids.ts';
import { abortOnReturn } from '../../realtime/abortOnReturn.ts';
import { writeGeneration } from '../../stores/stores.contract.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Generation } from '../generation.ts';
import { createMemoryJournal } from '../journal/journal.memory.ts';
import { createMemoryQueue } from '../queue/queue.memory.ts';
import { type GenerationEvent, type SendEvent, watchGeneration } from './watch.ts';

/** Applies an event like a client: cut at `offset`, append `delta`, store `cursor`. */
const apply = (text: string, event: GenerationEvent) => text.slice(0, event.offset) + event.delta;

describe('watching a generation', () => {
  const ids = createIds();
  const ownerId = ids.next();
  const journal = createMemoryJournal();
  const queue = createMemoryQueue();
  let folder: string;
  let stores: Stores;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watch-'));
    stores = openSqliteStores({ dataDir: folder });
  });
  afterAll(async () => {
    await stores.close();
    await rm(folder, { recursive: true });
  });

  const insert = (): Promise<Generation> => writeGeneration(stores, { ownerId });

  const watch = (id: string, after = 0, owner = ownerId) =>
    abortOnReturn((signal) =>
      watchGeneration({ ...stores, journal, queue }, { ownerId: owner, id, after }, signal),
    );

  const finish = async ({ id, messageId }: Generation, text: string) => {
    const ended = await stores.generations.transition(id, ['RUNNING', 'QUEUED'], {
      status: 'COMPLETED',
      finishReason: 'STOP',
    });
    const attempt = ended?.attempt ?? 1;
    await stores.messages.setContent(ownerId, messageId ?? '', { generationId: id, attempt }, text);
    await journal.end(id, attempt);
  };

  const append = (id: string, offset: number, delta: string, attempt = 1) =>
    journal.append(id, { attempt, offset, delta, thinkingOffset: 0, thinkingDelta: '' });

  it('sends directly what arrives while the reader waits, and yields what can not be sent', async () => {
    const generation = await insert();
    const { id } = generation;
    await journal.begin(id, { attempt: 1, status: 'RUNNING', text: '', thinking: '' });
    let sent = 0;
    let yielded = 0;
    let text = '';
    let wholes = 0;
    const receive = (event: GenerationEvent) => {
      expect(event.offset).toBe(text.length);
      text = apply(text, event);
      expect(event.cursor).toBe(text.length);
    };
    const send: SendEvent = (event, whole) => {
      // Some fail, and some find the socket busy.
      if (sent % 5 === 1) throw new Error('broken');
      if (sent % 3 === 2) {
        sent += 1;
        return false;
      }
      sent += 1;
      if (whole) expect(whole).toMatchObject({ offset: event.offset, delta: event.delta });
      wholes += whole ? 1 : 0;
      receive(event);
      return true;
    };
    const reading = (async () => {
      const signal = new AbortController().signal;
      const deps = { ...stores, journal, queue };
      for await (const event of watchGeneration(deps, { ownerId, id, after: 0 }, signal, send)) {
        receive(event);
        if (sent % 5 === 1) sent += 1;
        yielded += 1;
        if (yielded % 4 === 3) await nextTurn();
      }
    })();
    while (yielded === 0) await nextTurn();
    let written = '';
    for (let index = 0; index < 300; index += 1) {
      const delta = `${index} `;
      await append(id, written.length, delta);
      written += delta;
      if (index % 3) await nextTurn();
    }
    await finish(generation, written);
    await reading;
    expect(text).toBe(written);
    expect(sent).toBeGreaterThan(50);
    expect(wholes).toBeGreaterThan(50);
    expect(yielded).toBeGreaterThan(20);
    expect(journal.listenerCount()).toBe(0);
  });

  it('calls no delta whole that begins before what it shows', async () => {
    const generation = await insert();
    const { id, messageId } = generation;
    // The store is ahead of the journal, which has lost some text.
    await stores.messages.setContent(ownerId, messageId ?? '', { generationId: id, attempt: 1 }, 'answer');
    const sent: (readonly [number, string, boolean])[] = [];
    const send: SendEvent = (event, whole) => {
      sent.push([event.offset, event.thinkingDelta, whole !== null]);
      return true;
    };
    const deps = { ...stores, journal, queue };
    const reader = abortOnReturn((signal) => watchGeneration(deps, { ownerId, id, after: 0 }, signal, send));
    expect((await reader.next()).value).toMatchObject({ offset: 0, delta: 'answer' });
    const next = reader.next();
    await journal.begin(id, { attempt: 1, status: 'RUNNING', text: 'ans', thinking: '' });
    expect((await next).value).toMatchObject({ offset: 6, delta: '', status: 'RUNNING' });
    const last = reader.next();
    const think = (thinkingOffset: number, thinkingDelta: string) =>
      journal.append(id, { attempt: 1, offset: 3, delta: '', thinkingOffset, thinkingDelta });
    await nextTurn();
    await think(0, 'hm');
    await think(2, '.');
    expect(sent).toEqual([
      [6, 'hm', false],
      [6, '.', false],
    ]);
    await reader.return();
    await last;
  });

  it('sends readers that reconnect at random every character once, in order', async () => {
    const generation = await insert();
    const { id } = generation;
    await journal.begin(id, { attempt: 1, status: 'RUNNING', text: '', thinking: '' });
    const chunks = Array.from(
      { length: 400 },
      (_, index) => `${index.toString(36)}${index % 7 ? ' ' : '👩‍🚀\n'}`,
    );
    const whole = chunks.join('');

    const read = async (maxEvents: number) => {
      let text = '';
      let cursor = 0;
      let connections = 0;
      for (;;) {
        connections += 1;
        // Everything is promises in one process: yields to the writer, as a network would.
        await nextTurn();
        let left = maxEvents;
        for await (const event of watch(id, cursor)) {
          expect(event.offset).toBe(text.length);
          text = apply(text, event);
          cursor = event.cursor;
          if (event.status === 'COMPLETED') return { text, connections };
          left -= 1;
          if (left === 0) break;
        }
      }
    };

    const readers = [1, 2, 3, 7, 1000].map(read);
    let written = '';
    for (const [index, chunk] of chunks.entries()) {
      expect(await append(id, written.length, chunk)).toBe('appended');
      written += chunk;
      if (index % 3 === 0) await nextTurn();
    }
    await finish(generation, whole);

    const results = await Promise.all(readers);
    for (const { text } of results) expect(text).toBe(whole);
    expect(results[0]?.connections).toBeGreaterThan(20);
    expect(results[4]?.connections).toBe(1);
    expect(journal.listenerCount()).toBe(0);
  });

  it('sends a slow reader all buffered text in one event', async () => {
    const generation = await insert();
    const { id } = generation;
    await journal.begin(id, { attempt: 1, status: 'RUNNING', text: '', thinking: '' });
    const reader = watch(id);
    await reader.next();
    for (let index = 0; index < 1000; index += 1) await append(id, index, 'x');
    const { value } = await reader.next();
    expect(value).toMatchObject({ offset: 0, cursor: 1000 });
    await reader.return();
    await finish(generation, 'x'.repeat(1000));
  });

  it('restarts the text when the attempt is incremented, also for a reader that was disconnected', async () => {
    const generation = await insert();
    const { id } = generation;
    await journal.begin(id, { attempt: 1, status: 'RUNNING', text: '', thinking: '' });
    await append(id, 0, 'the first try');
    const stays = watch(id);
    const before = (await stays.next()).value as GenerationEvent;
    await journal.begin(id, { attempt: 2, status: 'RUNNING', text: '', thinking: '' });
    await append(id, 0, 'the second try, which is longer', 2);
    const after = (await stays.next()).value as GenerationEvent;
    expect(after).toMatchObject({ attempt: 2, offset: 0, delta: 'the second try, which is longer' });
    await stays.return();

    const comesBack = watch(id, before.cursor);
    expect((await comesBack.next()).value).toMatchObject({ attempt: 2, offset: 0 });
    await comesBack.return();
    await finish(generation, '');
  });

  it('restarts the text for a reader that has more than there is', async () => {
    const generation = await insert();
    await finish(generation, 'kept');
    const events: GenerationEvent[] = [];
    for await (const event of watch(generation.id, 1000)) events.push(event);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ offset: 0, delta: 'kept', status: 'COMPLETED' });
  });

  it('sends the queue position when it changes', async () => {
    const others = [await insert(), await insert()];
    const generation = await insert();
    const { id } = generation;
    for (const other of others) await queue.add({ id: other.id, ownerId });
    await queue.add({ id, ownerId });
    await journal.begin(id, { attempt: 1, status: 'QUEUED', text: '', thinking: '' });
    const reader = watch(id);
    expect((await reader.next()).value).toMatchObject({ status: 'QUEUED', queuePosition: 3, delta: '' });
    await queue.remove(others[0]?.id ?? '');
    expect((await reader.next()).value).toMatchObject({ status: 'QUEUED', queuePosition: 2 });
    await queue.remove(others[1]?.id ?? '');
    await queue.remove(id);
    await journal.setStatus(id, 1, 'RUNNING');
    let last: GenerationEvent | undefined;
    do last = (await reader.next()).value as GenerationEvent;
    while (last.status === 'QUEUED');
    expect(last).toMatchObject({ status: 'RUNNING', queuePosition: null });
    await reader.return();
    await finish(generation, '');
  });

  it('ends at once when its reader leaves, without leaving a listener', async () => {
    const generation = await insert();
    await journal.begin(generation.id, { attempt: 1, status: 'RUNNING', text: '', thinking: '' });
    const reader = watch(generation.id);
    await reader.next();
    const waiting = reader.next();
    await reader.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(journal.listenerCount()).toBe(0);
    await finish(generation, '');
  });

  it('does not erase the text of a reader if the conversation is deleted between two reads', async () => {
    const generation = await insert();
    const { id } = generation;
    await finish(generation, 'what the reader has');
    const messages: Stores['messages'] = { ...stores.messages, find: async () => null };
    const events: GenerationEvent[] = [];
    const request = { ownerId, id, after: 0 };
    for await (const event of watchGeneration(
      { ...stores, messages, journal, queue },
      request,
      new AbortController().signal,
    )) {
      events.push(event);
    }
    expect(events).toEqual([]);
  });

  it('does not find a generation of another user', async () => {
    const generation = await insert();
    const otherUser = watch(generation.id, 0, ids.next());
    await expect(otherUser.next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(journal.listenerCount()).toBe(0);
  });
});
