import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOllamaEngine, probeOllama } from './engine.ollama.ts';
import { ask, read } from './engine.testing.ts';
import type { Engine, EngineChunk } from './engine.ts';
import { type OllamaStandin, startOllamaStandin } from './standin.ollama.ts';

const model = 'stand-in:latest';
const hello = { model, messages: ask('Hello?') };
const never = new AbortController().signal;
const silenceMs = 200;

describe('an Ollama that misbehaves', () => {
  let standin: OllamaStandin;
  let engine: Engine;

  beforeEach(async () => {
    standin = await startOllamaStandin();
    engine = createOllamaEngine({ url: standin.url, timeoutMs: silenceMs, slots: 2 });
  });

  afterEach(async () => {
    await engine.close();
    await standin.close();
  });

  /** What came before the stream ended, and how it ended. */
  async function outcome(): Promise<{ text: string; error: unknown }> {
    let text = '';
    try {
      for await (const chunk of engine.generate(hello, never)) if (chunk.type === 'text') text += chunk.text;
      return { text, error: null };
    } catch (error) {
      return { text, error };
    }
  }

  it('that answers well is passed on', async () => {
    expect(await read(engine, hello)).toEqual({
      pieces: ['Hello', ' there', '.'],
      text: 'Hello there.',
      finish: 'stop',
      usage: { promptTokens: 7, completionTokens: 3, loadMs: 1, promptMs: 1, completionMs: 2, totalMs: 4 },
    });
  });

  it('is told the context, the options, and to cut nothing', async () => {
    const options = { temperature: 0, topP: 0.5, topK: 3, seed: 9, maxTokens: 4, stop: ['x'] };
    await read(engine, { ...hello, options, format: 'json' });
    expect(standin.chats).toEqual([
      {
        ...hello,
        stream: true,
        format: 'json',
        truncate: false,
        shift: false,
        options: {
          temperature: 0,
          top_p: 0.5,
          top_k: 3,
          seed: 9,
          num_predict: 4,
          stop: ['x'],
          num_ctx: 2_048,
        },
      },
    ]);
  });

  it('that splits lines and characters is put together again', async () => {
    const tokens = ['na', 'ï', 've 👩‍🚀', '日本'];
    standin.play({ tokens, bytesPerWrite: 1 });
    const { text, pieces } = await read(engine, hello);
    expect(text).toBe(tokens.join(''));
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });

  it('that sends the halves of a character in two lines is put together again', async () => {
    standin.play({ tokens: ['a\ud83d', '\ude00b'] });
    expect((await read(engine, hello)).pieces).toEqual(['a', '😀b']);
  });

  it('that thinks first is shown thinking', async () => {
    standin.play({ thinking: ['Hm', '…'], tokens: ['Yes.'] });
    const chunks: EngineChunk[] = [];
    for await (const chunk of engine.generate(hello, never)) chunks.push(chunk);
    expect(chunks.slice(0, 3)).toEqual([
      { type: 'thinking', text: 'Hm' },
      { type: 'thinking', text: '…' },
      { type: 'text', text: 'Yes.' },
    ]);
  });

  it.each([
    [
      'an error line',
      { kind: 'error line', after: 2, message: 'out of memory' },
      'ENGINE_FAILED',
      /out of memory/,
    ],
    ['a broken line', { kind: 'broken line', after: 2 }, 'ENGINE_FAILED', /broken line/],
    ['an end without done', { kind: 'no done', after: 2 }, 'ENGINE_FAILED', /before it was done/],
    ['silence', { kind: 'silence', after: 2 }, 'ENGINE_TIMEOUT', /silent for 0.2 s/],
  ] as const)(
    'that ends with %s in the middle fails, with the text so far',
    async (_name, fault, code, message) => {
      standin.play({ fault });
      const { text, error } = await outcome();
      expect(text).toBe('Hello there');
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    },
  );

  it('that breaks the connection in the middle fails', async () => {
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
    ['a page of a proxy', { kind: 'status', status: 502, body: '<html>Bad gateway' }, 'ENGINE_FAILED'],
    ['too much to do', { kind: 'status', status: 503, body: '{"error":"busy"}' }, 'ENGINE_UNAVAILABLE'],
    ['a refusal to let us in', { kind: 'status', status: 401, body: '{"error":"no"}' }, 'ENGINE_UNAVAILABLE'],
    ['a bad request', { kind: 'status', status: 400, body: '{"error":"no chat"}' }, 'BAD_USER_INPUT'],
    [
      'a model gone meanwhile',
      { kind: 'status', status: 404, body: '{"error":"model not found"}' },
      'MODEL_NOT_FOUND',
    ],
  ] as const)('that answers with %s fails at once', async (_name, fault, code) => {
    standin.play({ fault });
    expect(await outcome()).toMatchObject({ text: '', error: { code } });
  });

  it('that says the prompt is too long gives the numbers', async () => {
    const body = '{"error":"the input length exceeds the context length"}';
    standin.play({ fault: { kind: 'status', status: 400, body } });
    const { error } = await outcome();
    expect(error).toMatchObject({ code: 'PROMPT_TOO_LARGE', details: { tokens: 2_049, limit: 2_048 } });
  });

  it('that redirects is not followed', async () => {
    const elsewhere = await startOllamaStandin();
    standin.play({ fault: { kind: 'redirect', to: `${elsewhere.url}/api/chat` } });
    expect(await outcome()).toMatchObject({ text: '', error: { code: 'ENGINE_FAILED' } });
    expect(elsewhere.connections).toBe(0);
    await elsewhere.close();
  });

  it('hears of an abort at once', async () => {
    standin.play({ tokens: Array.from({ length: 1_000 }, () => 'on and '), tokensPerSecond: 50 });
    const stop = new AbortController();
    const stream = engine.generate(hello, stop.signal)[Symbol.asyncIterator]();
    await stream.next();
    const left = standin.left();
    const pending = stream.next();
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(pending.then(() => stream.next())).rejects.toBe(reason);
    await left;
    expect(standin.running).toBe(0);
  });

  it('hears of an abort before its first token', async () => {
    standin.play({ fault: { kind: 'silence', after: 0 } });
    const stop = new AbortController();
    await engine.models();
    const pending = read(engine, hello, stop.signal);
    pending.catch(() => undefined);
    while (standin.running === 0) await new Promise((resolve) => setImmediate(resolve));
    const left = standin.left();
    stop.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
    await left;
  });

  it('hears of a reader that returns', async () => {
    standin.play({ tokens: Array.from({ length: 1_000 }, () => 'on and '), tokensPerSecond: 50 });
    const stream = engine.generate(hello, never)[Symbol.asyncIterator]();
    await stream.next();
    const left = standin.left();
    await stream.return?.();
    await left;
  });

  it('is not thought silent while the reader takes its time', async () => {
    const stream = engine.generate(hello, never)[Symbol.asyncIterator]();
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, silenceMs * 2));
    expect(await stream.next()).toMatchObject({ value: { text: ' there' } });
    await stream.return?.();
  });

  it('keeps its connections for the next answers', async () => {
    await read(engine, hello);
    const before = standin.connections;
    for (let answer = 0; answer < 5; answer++) await read(engine, hello);
    expect(standin.connections).toBe(before);
  });

  it('is asked for no more answers at once than it has slots', async () => {
    standin.play({ tokens: ['a', 'b', 'c'], tokensPerSecond: 100 });
    let most = 0;
    const count = async () => {
      for await (const _chunk of engine.generate(hello, never)) most = Math.max(most, standin.running);
    };
    await Promise.all([count(), count(), count(), count()]);
    expect(most).toBe(2);
  });

  it('whose template closes the last turn is not asked to go on', async () => {
    standin.play({ template: '{{ range .Messages }}<{{ .Role }}>{{ .Content }}</>{{ end }}<assistant>' });
    const messages = [...ask('Count.'), { role: 'assistant', content: 'One, two' } as const];
    await expect(read(engine, { model, messages })).rejects.toHaveProperty('code', 'BAD_USER_INPUT');
    expect(standin.chats).toEqual([]);
  });

  it('without a model says how to get one', async () => {
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
  ])('of version %s: is there something to say about its age? %s', async (version, isOld) => {
    standin.play({ version });
    const { message, state } = await engine.health();
    expect(state).toBe('ready');
    expect(message.includes('Update it')).toBe(isOld);
  });

  it('that is down is unavailable, and says what to do', async () => {
    await standin.close();
    const down = await outcome();
    expect(down.error).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(engine.models()).rejects.toHaveProperty('code', 'ENGINE_UNAVAILABLE');
    const health = await engine.health();
    expect(health).toMatchObject({ kind: 'ollama', state: 'unavailable' });
    expect(health.steps.length).toBeGreaterThan(0);
    expect(await probeOllama(standin.url, 500)).toBe(false);
  });

  it('is told a name and a password in a header, and shows them to nobody', async () => {
    const seen: (string | undefined)[] = [];
    const guarded = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(403).end();
    });
    await new Promise<void>((resolve) => guarded.listen(0, '127.0.0.1', resolve));
    const { port } = guarded.address() as AddressInfo;
    const locked = createOllamaEngine({
      url: `http://ann:s%40crt@127.0.0.1:${port}`,
      timeoutMs: 200,
      slots: 1,
    });
    const { message, steps } = await locked.health();
    expect(seen[0]).toBe(`Basic ${btoa('ann:s@crt')}`);
    expect([message, ...steps].join()).not.toMatch(/ann|s%40crt|s@crt/);
    guarded.closeAllConnections();
    await new Promise((resolve) => guarded.close(resolve));
  });
});
