import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ask, read } from '../engine.testing.ts';
import type { Engine } from '../engine.ts';
import { type OllamaStandin, startOllamaStandin } from '../standin/standin.ollama.ts';
import { createOllamaEngine, probeOllama } from './engine.ollama.ts';

const model = 'stand-in:latest';
const hello = { model, messages: ask('Hello?') };
const never = new AbortController().signal;
/** The engine's limits between two chunks: one that no machine exceeds, and one for tests of silence. */
const timeoutMs = 60_000;
const silenceMs = 1_000;

describe('an Ollama with faults', () => {
  let standin: OllamaStandin;
  let engine: Engine;
  const open = (limitMs: number) => createOllamaEngine({ url: standin.url, timeoutMs: limitMs, slots: 2 });

  beforeEach(async () => {
    standin = await startOllamaStandin();
    engine = open(timeoutMs);
  });

  afterEach(async () => {
    await engine.close();
    await standin.close();
  });

  /** Reads an answer to its end. Returns the text so far, and the error it ended with. */
  async function outcome(limitMs = timeoutMs): Promise<{ text: string; error: unknown }> {
    let text = '';
    const limited = open(limitMs);
    try {
      for await (const chunk of limited.generate(hello, never)) if (chunk.type === 'text') text += chunk.text;
      return { text, error: null };
    } catch (error) {
      return { text, error };
    } finally {
      await limited.close();
    }
  }

  it.each([
    [
      'an error line',
      { kind: 'error line', after: 2, message: 'out of memory' },
      'ENGINE_FAILED',
      /out of memory/,
    ],
    ['a broken line', { kind: 'broken line', after: 2 }, 'ENGINE_FAILED', /broken line/],
    ['an end without done', { kind: 'no done', after: 2 }, 'ENGINE_FAILED', /before it was done/],
    ['silence', { kind: 'silence', after: 2 }, 'ENGINE_TIMEOUT', /silent for 1 s/],
  ] as const)(
    'that sends %s in the middle of an answer fails, and the text so far is kept',
    async (_name, fault, code, message) => {
      standin.play({ fault });
      const { text, error } = await outcome(fault.kind === 'silence' ? silenceMs : timeoutMs);
      expect(text).toBe('Hello there');
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    },
  );

  it('that breaks the connection in the middle of an answer fails', async () => {
    standin.play({ tokensPerSecond: 100, fault: { kind: 'reset', after: 2 } });
    expect(await outcome()).toMatchObject({
      text: 'Hello there',
      error: { code: 'ENGINE_FAILED', message: expect.stringContaining('connection') },
    });
  });

  it.each([
    ['silence', { kind: 'silence', after: 0 }, 'ENGINE_TIMEOUT'],
    ['no answer at all', { kind: 'no done', after: 0 }, 'ENGINE_FAILED'],
    ['a status of 500', { kind: 'status', status: 500, body: '{"error":"runner died"}' }, 'ENGINE_FAILED'],
    ['an error page of a proxy', { kind: 'status', status: 502, body: '<html>Bad gateway' }, 'ENGINE_FAILED'],
    ['an overload', { kind: 'status', status: 503, body: '{"error":"busy"}' }, 'ENGINE_UNAVAILABLE'],
    [
      'denied access',
      { kind: 'status', status: 401, body: '{"error":"unauthorized"}' },
      'ENGINE_UNAVAILABLE',
    ],
    ['a bad request', { kind: 'status', status: 400, body: '{"error":"no chat"}' }, 'BAD_USER_INPUT'],
    [
      'a model that has just been deleted',
      { kind: 'status', status: 404, body: '{"error":"model not found"}' },
      'MODEL_NOT_FOUND',
    ],
  ] as const)('that answers with %s fails at once', async (_name, fault, code) => {
    standin.play({ fault });
    expect(await outcome(fault.kind === 'silence' ? silenceMs : timeoutMs)).toMatchObject({
      text: '',
      error: { code },
    });
  });

  it('that denies a model says where to sign in', async () => {
    const denied = { kind: 'status', status: 401, body: '{"error":"unauthorized"}' } as const;
    standin.play({ fault: denied });
    expect((await outcome()).error).toMatchObject({
      message: expect.stringContaining('needs a sign-in at ollama.com'),
      operatorMessage: expect.stringContaining('ollama signin'),
    });
    await expect(engine.embed({ model, input: ['a text'] }, never)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('needs a sign-in at ollama.com'),
      operatorMessage: expect.stringContaining('ollama signin'),
    });
  });

  it('that rejects a prompt as too long fails with the numbers', async () => {
    const body = '{"error":"the input length exceeds the context length"}';
    standin.play({ fault: { kind: 'status', status: 400, body } });
    const { error } = await outcome();
    expect(error).toMatchObject({ code: 'PROMPT_TOO_LARGE', details: { tokens: 2_049, limit: 2_048 } });
  });

  it('that redirects fails, and the redirect is not followed', async () => {
    const elsewhere = await startOllamaStandin();
    standin.play({ fault: { kind: 'redirect', to: `${elsewhere.url}/api/chat` } });
    expect(await outcome()).toMatchObject({ text: '', error: { code: 'ENGINE_FAILED' } });
    expect(elsewhere.connections).toBe(0);
    await elsewhere.close();
  });

  it('without a model is unavailable, and says how to pull one', async () => {
    standin.play({ models: [] });
    expect(await engine.health()).toMatchObject({
      state: 'unavailable',
      steps: [expect.stringContaining('ollama pull')],
    });
    await expect(read(engine, hello)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      details: { models: [] },
    });
  });

  it.each([
    ['0.9.12', true],
    ['0.17.0', true],
    ['0.17.1', false],
    ['0.20.0', false],
    ['0.0.0', false],
  ])('of version %s needs an update: %s', async (version, isOld) => {
    standin.play({ version });
    const { operator, state } = await engine.health();
    expect(state).toBe('ready');
    expect(operator?.message.includes('Update it')).toBe(isOld);
  });

  it('that is down is unavailable, and says how to fix it', async () => {
    await standin.close();
    const down = await outcome();
    expect(down.error).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.not.stringMatching(/ECONNREFUSED|127\.0\.0\.1/),
      operatorMessage: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(engine.models()).rejects.toHaveProperty('code', 'ENGINE_UNAVAILABLE');
    const health = await engine.health();
    expect(health).toMatchObject({ kind: 'ollama', state: 'unavailable' });
    expect(health.steps.length).toBeGreaterThan(0);
    expect(await probeOllama(standin.url, 500)).toBe(false);
  });

  it('gets credentials in a header, and they appear in no message', async () => {
    const seen: (string | undefined)[] = [];
    const guarded = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(403).end();
    });
    await new Promise<void>((resolve) => guarded.listen(0, '127.0.0.1', resolve));
    const { port } = guarded.address() as AddressInfo;
    const locked = createOllamaEngine({
      url: `http://ann:s%40crt@127.0.0.1:${port}`,
      timeoutMs,
      slots: 1,
    });
    const { message, steps, operator } = await locked.health();
    expect(seen[0]).toBe(`Basic ${btoa('ann:s@crt')}`);
    expect([message, ...steps, operator?.message, ...(operator?.steps ?? [])].join()).not.toMatch(
      /ann|s%40crt|s@crt/,
    );
    guarded.closeAllConnections();
    await new Promise((resolve) => guarded.close(resolve));
  });
});
