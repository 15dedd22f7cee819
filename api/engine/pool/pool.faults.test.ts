import { createServer, type Socket } from 'node:net';
import { eventually } from '../../process/eventually.testing.ts';
import { read } from '../engine.testing.ts';
import type { StandinFault } from '../standin/standinChat.ollama.ts';
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

const answer = 'Hello there.';

describe('a pool with a failing backend', () => {
  /** Has the model loaded, so it gets the first request. */
  let first: Member;
  let second: Member;
  let opened: Awaited<ReturnType<typeof openPool>>;

  const onSecond = { models: ['another:latest', model] };

  beforeEach(async () => {
    [first, second] = await Promise.all([startMember(), startMember(onSecond)]);
    opened = await openPool([first, second], { times: { firstTokenMs: 150, msPerToken: 0 } });
  });
  afterEach(async () => {
    await opened.pool.close();
    await Promise.all([first.close(), second.close()]);
  });

  const faults: readonly (readonly [string, StandinFault])[] = [
    ['an error', { kind: 'status', status: 500, body: '{"error":"out of memory"}' }],
    ['an overload', { kind: 'status', status: 503, body: '{"error":"server busy"}' }],
    ['a denied model', { kind: 'status', status: 401, body: '{"error":"unauthorized"}' }],
    ['an error line', { kind: 'error line', after: 0, message: 'llama runner process has terminated' }],
    ['half a line', { kind: 'broken line', after: 0 }],
    ['an empty answer', { kind: 'no done', after: 0 }],
    ['a broken connection', { kind: 'reset', after: 0 }],
    ['silence', { kind: 'silence', after: 0 }],
    ['a deleted model', { kind: 'status', status: 404, body: '{"error":"model \'shared\' not found"}' }],
  ];

  it.each(faults)('answers from another after %s before the first token', async (_name, fault) => {
    first.play({ fault });
    expect((await read(opened.pool, hello)).text).toBe(answer);
    expect([first.chats.length, second.chats.length]).toEqual([1, 1]);
  });

  it('answers from another if it refuses connections, and uses it again once it is back', async () => {
    const { pool, logged } = opened;
    const down = logged('is unreachable', first);
    await first.cut();
    expect((await read(pool, hello)).text).toBe(answer);
    await down;
    expect(pool.slots).toBe(4);
    expect(await pool.health()).toMatchObject({
      state: 'ready',
      message: '1 of 2 Ollamas answer.',
      operator: { message: `1 of 2 Ollamas answer: ${second.url}. No answer from ${first.url}.` },
    });
    expect((await pool.models()).map(({ name }) => name)).toEqual(['another:latest', model]);
    const back = logged('is reachable', first);
    await first.mend();
    await back;
    expect(pool.slots).toBe(8);
    await read(pool, hello);
    expect(first.chats).toHaveLength(1);
  });

  it('detects by probes that it hangs, answers from another, and uses it again once it is back', async () => {
    const { pool, logged } = await openPool([first, second], { times: { firstTokenMs: 60_000 } });
    const down = logged('is unreachable', first);
    first.hang();
    const began = performance.now();
    expect((await read(pool, hello)).text).toBe(answer);
    expect(performance.now() - began).toBeLessThan(4_000);
    await down;
    expect(pool.slots).toBe(4);
    const back = logged('is reachable', first);
    first.resume();
    await back;
    expect(pool.slots).toBe(8);
    await pool.close();
  });

  it('ends an answer with a code, and keeps its text, if it hangs in the middle', async () => {
    first.play({ tokens: Array.from({ length: 1000 }, () => 'on '), tokensPerSecond: 100 });
    let text = '';
    const run = async () => {
      for await (const chunk of opened.pool.generate(hello, never)) {
        if (chunk.type === 'text') text += chunk.text;
        if (text.length === 30) first.hang();
      }
    };
    await expect(run()).rejects.toMatchObject({
      code: 'ENGINE_TIMEOUT',
      message: expect.not.stringContaining(first.url),
      operatorMessage: expect.stringContaining(first.url),
    });
    expect(text).toMatch(/^(on ){10,}$/);
    expect(second.chats).toHaveLength(0);
    first.resume();
  });

  it.each([
    ['half a line', { kind: 'broken line', after: 2 }],
    ['an error line', { kind: 'error line', after: 2, message: 'out of memory' }],
    ['an end without done', { kind: 'no done', after: 2 }],
  ] as const)(
    'ends an answer with a code, and repeats no text, after %s after the first token',
    async (_, fault) => {
      first.play({ fault });
      expect(await outcomeOf(opened.pool)).toMatchObject({
        text: 'Hello there',
        error: { code: 'ENGINE_FAILED' },
      });
      expect(second.chats).toHaveLength(0);
    },
  );

  it('ends an answer with a code if it is killed after the first token', async () => {
    first.play({ tokens: Array.from({ length: 1000 }, () => 'on '), tokensPerSecond: 100 });
    const stream = await beginAt(opened.pool);
    await first.cut();
    const drain = async () => {
      while (!(await stream.next()).done);
    };
    await expect(drain()).rejects.toHaveProperty('code', 'ENGINE_FAILED');
    expect(second.chats).toHaveLength(0);
  });

  it('does not retry an invalid request, nor count it as a failure of the backend', async () => {
    first.play({ fault: { kind: 'status', status: 400, body: '{"error":"invalid format"}' } });
    for (let time = 0; time < 5; time += 1) {
      expect((await outcomeOf(opened.pool)).error).toHaveProperty('code', 'BAD_USER_INPUT');
    }
    expect([first.chats.length, second.chats.length]).toEqual([5, 0]);
  });

  it('avoids it for a while after repeated failures, and uses it again once it answers', async () => {
    const { pool } = opened;
    first.play({ fault: { kind: 'status', status: 500, body: '{"error":"no memory"}' } });
    for (let time = 0; time < 8; time += 1) expect((await read(pool, hello)).text).toBe(answer);
    expect(first.chats.length).toBeLessThan(8);
    first.play({});
    const before = first.chats.length;
    const until = performance.now() + 3_000;
    while (first.chats.length < before + 3 && performance.now() < until) await read(pool, hello);
    expect(first.chats.length).toBe(before + 3);
  });

  it('still uses its other models if one model fails', async () => {
    first.play({ models: [model, 'fine:latest'], fault: { kind: 'status', status: 500, body: 'too large' } });
    await opened.pool.models();
    for (let time = 0; time < 4; time += 1) await read(opened.pool, hello);
    first.play({ models: [model, 'fine:latest'] });
    expect((await read(opened.pool, { ...hello, model: 'fine:latest' })).text).toBe(answer);
  });

  it('reports the reason of the backend if all fail', async () => {
    for (const member of [first, second]) {
      member.play({ fault: { kind: 'status', status: 500, body: '{"error":"model needs more memory"}' } });
    }
    for (let time = 0; time < 6; time += 1) {
      const { error } = await outcomeOf(opened.pool);
      expect(error).toMatchObject({ code: 'ENGINE_FAILED', message: expect.stringContaining('more memory') });
    }
  });

  it('reports a model as unavailable, not as unknown, if only an unreachable backend has it', async () => {
    const { pool, logged } = opened;
    second.play({ models: ['another:latest'] });
    await pool.models();
    const down = logged('is unreachable', first);
    await first.cut();
    await outcomeOf(pool);
    await down;
    const { error } = await outcomeOf(pool);
    expect(error).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.not.stringContaining(first.url),
      operatorMessage: expect.stringContaining(first.url),
    });
  });
});

describe('a pool without a reachable backend', () => {
  it('fails requests at once, has no slots, and recovers', async () => {
    const members = await Promise.all([startMember(), startMember()]);
    const { pool, logged } = await openPool(members);
    const down = members.map((member) => logged('is unreachable', member));
    await Promise.all(members.map((member) => member.cut()));
    await outcomeOf(pool);
    await Promise.all(down);

    expect(pool.slots).toBe(0);
    const began = performance.now();
    const unavailable = {
      code: 'ENGINE_UNAVAILABLE',
      operatorMessage: expect.stringContaining('None of 2 Ollamas answers'),
    };
    await expect(pool.models()).rejects.toMatchObject(unavailable);
    await expect(pool.measure(model, hello.messages)).rejects.toMatchObject(unavailable);
    await expect(read(pool, hello)).rejects.toMatchObject(unavailable);
    const health = await pool.health();
    expect(performance.now() - began).toBeLessThan(50);
    expect(health).toMatchObject({
      state: 'unavailable',
      message: 'None of 2 Ollamas answers.',
      operator: { message: unavailable.operatorMessage },
    });
    expect(health.steps.length).toBeGreaterThan(1);

    const back = members.map((member) => logged('is reachable', member));
    await Promise.all(members.map((member) => member.mend()));
    await Promise.all(back);
    expect(pool.slots).toBe(8);
    expect((await read(pool, hello)).text).toBe(answer);
    await pool.close();
    await Promise.all(members.map((member) => member.close()));
  });

  it('also recovers if they hang', async () => {
    const member = await startMember();
    const { pool, logged } = await openPool([member]);
    const down = logged('is unreachable', member);
    member.hang();
    expect((await outcomeOf(pool)).error).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await down;
    expect(pool.slots).toBe(0);
    const back = logged('is reachable', member);
    member.resume();
    await back;
    await eventually(() => pool.slots === 4, Boolean);
    await pool.close();
    await member.close();
  });

  it('is not delayed by a backend that never answers', async () => {
    const held = new Set<Socket>();
    const mute = createServer((socket) => void held.add(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    const address = mute.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const member = await startMember();
    const { pool } = await openPool([{ url }, member]);
    expect(pool.slots).toBe(4);
    expect((await read(pool, hello)).text).toBe(answer);
    expect(await pool.health()).toHaveProperty('state', 'ready');
    await pool.close();
    await member.close();
    // The server reads nothing, so it doesn't notice that the clients have disconnected.
    for (const socket of held) socket.destroy();
    mute.close();
  });
});
