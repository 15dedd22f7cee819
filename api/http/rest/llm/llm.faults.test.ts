import { eventually } from '../../../process/eventually.testing.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { errorLine } from '../ollama/ollamaResponses.ts';
import { chat, expectNothingKept, generate, linesOf, messages, prompt } from './llm.testing.ts';

describe('the API in the format of Ollama', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp({ timeoutMs: 300, slots: 2 });
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());
  it.each([
    ['fails', { kind: 'status', status: 500, body: '{"error":"out of memory"}' }, 502],
    ['times out', { kind: 'silence', after: 0 }, 504],
  ] as const)('has its own status if the engine %s at the start', async (_what, fault, status) => {
    test.standin.play({ fault });
    // The headers of a stream don't wait for a timeout.
    for (const stream of status === 504 ? [false] : [true, false]) {
      const response = await test.post(generate, { prompt, stream });
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ detail: expect.any(String), error: expect.any(String) });
    }
    await expectNothingKept(test);
  });

  it.each(['error line', 'no done', 'reset', 'broken line', 'silence'] as const)(
    'ends a stream that fails (%s) with an error, never with done: true',
    async (kind) => {
      const fault = { kind, after: 2, message: 'out of memory' };
      test.standin.play({ tokens: ['Half', ' an'], tokensPerSecond: 50, fault });
      const lines = await linesOf(await test.post(chat, { messages, stream: true }));
      expect(errorLine.strict().parse(lines.at(-1)).error).toMatch(/Ollama|engine/);
      expect(lines.some((line) => 'message' in line)).toBe(true);
      expect(lines.some(({ done }) => done)).toBe(false);
      const whole = await test.post(chat, { messages, stream: false });
      expect(whole.status).toBeGreaterThanOrEqual(500);
      await expectNothingKept(test);
    },
  );

  it.each([true, false])('stops the engine when the client disconnects (stream: %s)', async (stream) => {
    test.standin.play({ tokens: Array(1000).fill('on '), tokensPerSecond: 20 });
    const leaving = new AbortController();
    const already = test.logged.length;
    const asked = test.post(generate, { prompt, stream }, { signal: leaving.signal });
    if (stream) await (await asked).body?.getReader().read();
    else await test.line((line) => line.msg === 'generation started' && test.logged.indexOf(line) >= already);
    await eventually(
      () => test.standin.running,
      (running) => running > 0,
    );
    const left = test.standin.left();
    leaving.abort();
    await asked.catch(() => {});
    const leftAt = performance.now();
    await left;
    expect(performance.now() - leftAt).toBeLessThan(500);
    await test.line((line) => line.status === 'CANCELLED' && test.logged.indexOf(line) >= already);
    expect(await test.lastGeneration()).toMatchObject({ status: 'CANCELLED', error: null });
    await expectNothingKept(test);
  });

  it('removes a queued generation when its client disconnects, without calling the engine', async () => {
    test.standin.play({ tokens: Array(1000).fill('on '), tokensPerSecond: 20 });
    const leaving = new AbortController();
    const { signal } = leaving;
    const already = test.standin.chats.length;
    const busy = [0, 1].map(() => test.post(generate, { prompt, stream: true }, { signal }));
    for (const one of busy) await (await one).body?.getReader().read();
    const waits = new AbortController();
    const third = test.post(generate, { prompt }, { signal: waits.signal }).catch(() => null);
    const queued = async () =>
      (await test.stores.generations.unfinishedAnyOwner()).filter(({ status }) => status === 'QUEUED');
    await eventually(queued, ({ length }) => length > 0);
    waits.abort();
    expect(await third).toBeNull();
    await eventually(queued, ({ length }) => length === 0);
    leaving.abort();
    await eventually(
      () => test.stores.generations.unfinishedAnyOwner(),
      ({ length }) => length === 0,
    );
    expect(test.standin.chats).toHaveLength(already + 2);
  });

  it('sends the complete answer to a client that reads slowly', async () => {
    const tokens = Array.from({ length: 3000 }, (_, index) => `${index} ${'x'.repeat(1000)} `);
    test.standin.play({ tokens });
    const before = test.logged.length;
    const response = await test.post(generate, { prompt, stream: true });
    // The client reads nothing before the answer is complete.
    await test.line((line) => line.status === 'COMPLETED' && test.logged.indexOf(line) >= before);
    const lines = await linesOf(response);
    expect(lines.map((line) => line.response).join('')).toBe(tokens.join(''));
    expect(lines.at(-1)).toMatchObject({ done: true });
  });
});

describe('a service that stops during an answer', () => {
  it('ends the stream with an error, and leaves no unfinished generation', async () => {
    const test = await startTestApp();
    test.standin.play({ tokens: Array(1000).fill('on '), tokensPerSecond: 20 });
    const response = await test.post(generate, { prompt, stream: true });
    const { ownerId, id } = (await test.stores.generations.unfinishedAnyOwner())[0] ?? {};
    const rest = linesOf(response);
    const stopped = test.stop();
    expect(errorLine.parse((await rest).at(-1))).toEqual({
      error: 'The service stopped before the answer was complete. Send the request again.',
    });
    await stopped;
    expect([ownerId, id]).not.toContain(undefined);
  });
});
