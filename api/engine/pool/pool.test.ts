import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../process/eventually.testing.ts';
import { ask, read } from '../engine.testing.ts';
import { createMemoryBackendSlots } from './backendSlots.memory.ts';
import {
  beginAt,
  hello,
  type Member,
  model,
  never,
  openPool,
  outcomeOf,
  startMember,
} from './pool.testing.ts';

/** Long enough to be still running when a test checks. */
const long = { tokens: Array.from({ length: 400 }, () => 'on '), tokensPerSecond: 100 };

describe('an engine pool', () => {
  let one: Member;
  let other: Member;
  const closing: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    [one, other] = await Promise.all([startMember(), startMember()]);
    closing.push(one.close, other.close);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const open = async (options: Parameters<typeof openPool>[1] = {}) => {
    const opened = await openPool([one, other], options);
    closing.push(() => opened.pool.close());
    return opened;
  };

  it('lists the models of all backends, each once, with their backends', async () => {
    one.play({ models: ['b:latest', 'a:latest'] });
    other.play({ models: ['c:1b', 'b:latest'] });
    const { pool } = await open();
    const models = await pool.models();
    expect(models.map(({ name, loaded, backends }) => ({ name, loaded, backends }))).toEqual([
      { name: 'a:latest', loaded: false, backends: [one.url] },
      { name: 'b:latest', loaded: true, backends: [one.url, other.url] },
      { name: 'c:1b', loaded: true, backends: [other.url] },
    ]);
  });

  it('prefers a backend that has the model loaded, while it has a free slot', async () => {
    one.play({ ...long, models: ['another:latest', model] });
    other.play(long);
    const { pool } = await open({ slotsPerBackend: 3 });
    const streams = await Promise.all(Array.from({ length: 4 }, () => beginAt(pool)));
    expect([one.running, other.running]).toEqual([1, 3]);
    await Promise.all(streams.map((stream) => stream.return?.()));
  });

  it('prefers the backend with the fewest running requests', async () => {
    for (const member of [one, other]) member.play(long);
    const { pool } = await open({ slotsPerBackend: 3 });
    expect(pool.slots).toBe(6);
    const streams = await Promise.all(Array.from({ length: 4 }, () => beginAt(pool)));
    expect([one.running, other.running]).toEqual([2, 2]);
    await Promise.all(streams.map((stream) => stream.return?.()));
  });

  it('chooses at random among equal backends', async () => {
    const { pool } = await open();
    for (let count = 0; count < 30; count += 1) await read(pool, hello);
    expect(one.chats.length).toBeGreaterThan(0);
    expect(other.chats.length).toBeGreaterThan(0);
  });

  it('finds a model by its name without a tag, and a model that was just installed', async () => {
    const { pool } = await open();
    expect((await read(pool, { ...hello, model: 'shared' })).text).toBe('Hello there.');
    other.play({ models: ['new:latest'] });
    expect((await read(pool, { ...hello, model: 'new' })).text).toBe('Hello there.');
  });

  it('names the installed models when a model is not found', async () => {
    one.play({ models: ['only:one'] });
    const { pool } = await open();
    const notFound = { code: 'MODEL_NOT_FOUND', details: { asked: 'no-such', models: ['only:one', model] } };
    await expect(read(pool, { ...hello, model: 'no-such' })).rejects.toMatchObject(notFound);
    await expect(pool.measure('no-such', ask('Hi.'))).rejects.toMatchObject(notFound);
  });

  it('lets requests wait for a slot, and fails them after the timeout', async () => {
    for (const member of [one, other]) member.play(long);
    const { pool } = await open({ slotsPerBackend: 1, times: { waitMs: 100 } });
    const streams = await Promise.all([beginAt(pool), beginAt(pool)]);
    const stop = new AbortController();
    const leaving = outcomeOf(pool, stop.signal);
    const late = outcomeOf(pool);
    const reason = new Error('aborted');
    stop.abort(reason);
    expect((await leaving).error).toBe(reason);
    expect((await late).error).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    const patient = beginAt(pool);
    await streams[0]?.return?.();
    await patient.then((stream) => stream.return?.());
    await streams[1]?.return?.();
    expect(one.chats.length + other.chats.length).toBe(3);
  });

  it('lets requests of answers that have begun wait as long as others use all slots, in their order', async () => {
    for (const member of [one, other]) member.play(long);
    const backendSlots = createMemoryBackendSlots();
    const options = { slotsPerBackend: 1, backendSlots, times: { waitMs: 100 } };
    const { pool: here } = await open(options);
    const { pool: there } = await open(options);
    const taken = await Promise.all([beginAt(there), beginAt(there)]);
    const order: string[] = [];
    const returning = (name: string, pool = here, signal = never) =>
      (async () => {
        const stream = pool.generate({ ...hello, waits: true }, signal)[Symbol.asyncIterator]();
        await stream.next();
        order.push(name);
        return stream;
      })();
    const stop = new AbortController();
    const cancelled = returning('cancelled', here, stop.signal).catch(() => null);
    const first = returning('first');
    // Places of different pools are compared by their time.
    await sleep(5);
    const second = returning('second', there);
    // An answer that begins still fails after the timeout, behind them.
    expect((await outcomeOf(there)).error).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect(order).toEqual([]);
    stop.abort();
    await cancelled;
    await taken[0]?.return?.();
    await (await first).return?.();
    await (await second).return?.();
    expect(order).toEqual(['first', 'second']);
    await taken[1]?.return?.();
  });

  it('lets requests of answers that have begun wait for a reachable backend, but not for ever', async () => {
    const { pool, logged } = await open({ times: { waitMs: 1_000 } });
    await Promise.all([
      one.cut(),
      other.cut(),
      logged('is unreachable', one),
      logged('is unreachable', other),
    ]);
    const unavailable = { error: { code: 'ENGINE_UNAVAILABLE' } };
    expect(await outcomeOf(pool)).toMatchObject(unavailable);
    const waiting = read(pool, { ...hello, waits: true });
    await sleep(100);
    await one.mend();
    expect((await waiting).finish).toBe('stop');
    await Promise.all([one.cut(), logged('is unreachable', one)]);
    await expect(read(pool, { ...hello, waits: true })).rejects.toMatchObject(unavailable.error);
    await one.mend();
    await other.mend();
  });

  it('stops the backend when the request is aborted', async () => {
    for (const member of [one, other]) member.play(long);
    const { pool } = await open();
    const stop = new AbortController();
    const stream = await beginAt(pool, stop.signal);
    const left = Promise.race([one.left(), other.left()]);
    const pending = stream.next();
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(pending).rejects.toBe(reason);
    await left;
    await eventually(() => one.running + other.running === 0, Boolean);
  });

  it('never exceeds the slots of a backend that it shares with other pools', async () => {
    for (const member of [one, other]) member.play({ tokens: ['a', 'b', 'c'], tokensPerSecond: 200 });
    const backendSlots = createMemoryBackendSlots();
    const pools = [
      await open({ slotsPerBackend: 2, backendSlots }),
      await open({ slotsPerBackend: 2, backendSlots }),
    ];
    let maxRunning = 0;
    const answers = Array.from({ length: 24 }, async (_, index) => {
      let text = '';
      for await (const chunk of pools[index % 2]?.pool.generate(hello, never) ?? []) {
        maxRunning = Math.max(maxRunning, one.running, other.running);
        if (chunk.type === 'text') text += chunk.text;
      }
      return text;
    });
    expect(await Promise.all(answers)).toEqual(answers.map(() => 'abc'));
    expect(maxRunning).toBe(2);
  });

  it('is ready, and reports how many backends answer', async () => {
    const { pool } = await open();
    const message = `2 of 2 Ollamas answer: ${one.url}, ${other.url}.`;
    expect(await pool.health()).toEqual({
      kind: 'ollama',
      state: 'ready',
      message: '2 of 2 Ollamas answer.',
      steps: [],
      operator: { message, steps: [] },
      progress: null,
    });
    for (const member of [one, other]) member.play({ models: [] });
    await pool.models();
    const { state, steps } = await pool.health();
    expect(state).toBe('unavailable');
    expect(steps).toEqual([expect.stringContaining('ollama pull')]);
  });
});
