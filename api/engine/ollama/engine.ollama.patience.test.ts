import { eventually } from '../../process/eventually.testing.ts';
import { ask, never, read } from '../engine.testing.ts';
import type { Engine } from '../engine.ts';
import type { EngineLimits } from '../limits.ts';
import { type OllamaStandin, startOllamaStandin } from '../standin/standin.ollama.ts';
import { createOllamaEngine } from './engine.ollama.ts';

const model = 'stand-in:latest';
const hello = { model, messages: ask('Hello?') };
const second = 1000;

describe('the time limits of an Ollama', () => {
  let standin: OllamaStandin;
  const engines: Engine[] = [];

  beforeEach(async () => {
    standin = await startOllamaStandin();
  });
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    await standin.close();
  });

  const open = (limits: Partial<EngineLimits>, more: { contextLimit?: number } = {}): Engine => {
    const engine = createOllamaEngine({
      url: standin.url,
      timeoutMs: 10 * second,
      limits,
      slots: 4,
      ...more,
    });
    engines.push(engine);
    return engine;
  };

  it('let a model go on loading when an answer gives up or is cancelled', async () => {
    standin.play({ loaded: [], loadMs: 4000 });
    const engine = open({ loadMs: 1000, firstTokenMs: 1000 });
    const cancelled = new AbortController();
    const given = read(engine, hello, cancelled.signal);
    const rejected = expect(given).rejects.toThrow('cancelled');
    await eventually(
      () => standin.loads.length,
      (count) => count > 0,
    );
    cancelled.abort(new Error('cancelled'));
    await rejected;
    await expect(read(engine, hello)).rejects.toMatchObject({
      code: 'ENGINE_TIMEOUT',
      message: expect.stringContaining('still being loaded'),
      operatorMessage: expect.stringContaining('LOAD_TIMEOUT_S'),
    });
    await eventually(() => standin.loaded.has(model), Boolean);
    expect((await read(engine, hello)).text).toBe('Hello there.');
    expect(standin.loads).toEqual([model]);
  });

  it('give one load to all answers that wait for a model', async () => {
    standin.play({ loaded: [], loadMs: 300 });
    const engine = open({});
    await Promise.all([1, 2, 3].map(() => read(engine, hello)));
    expect(standin.loads).toEqual([model]);
  });

  it('allow a load and a first token that take longer than a silence between tokens', async () => {
    const engine = createOllamaEngine({
      url: standin.url,
      timeoutMs: 100,
      limits: { loadMs: 5 * second, firstTokenMs: 5 * second },
      slots: 1,
    });
    engines.push(engine);
    standin.play({ loaded: [], loadMs: 400, tokens: ['late'], tokensPerSecond: 3 });
    expect((await read(engine, hello)).text).toBe('late');
  });

  it('distinguish a late first token from a silence, and from a tool call', async () => {
    const engine = open({ firstTokenMs: 150, silenceMs: 250, toolCallMs: 350 });
    await read(engine, hello);
    standin.play({ fault: { kind: 'silence', after: 0 } });
    const late = { code: 'ENGINE_TIMEOUT', message: expect.stringContaining('no token for 0.15 s') };
    await expect(read(engine, hello)).rejects.toMatchObject(late);
    standin.play({ fault: { kind: 'silence', after: 2 } });
    const silent = { code: 'ENGINE_TIMEOUT', message: expect.stringContaining('silent for 0.25 s') };
    await expect(read(engine, hello)).rejects.toMatchObject(silent);
    standin.play({ fault: { kind: 'silence', after: 2 }, capabilities: ['completion', 'tools'] });
    const calling = { code: 'ENGINE_TIMEOUT', message: expect.stringContaining('silent for 0.35 s') };
    await expect(read(engine, { ...hello, tools: [{ name: 'time' }] })).rejects.toMatchObject(calling);
  });

  it('give the verification of a pulled model a limit of its own', async () => {
    const pull = async (engine: Engine) => {
      for await (const _step of engine.pull({ name: 'new:latest', backend: null }, never));
    };
    standin.play({ pull: { verifyMs: 400 } });
    await pull(open({ pullMs: 150, verifyMs: 5 * second }));
    standin.play({ pull: { verifyMs: 60 * second } });
    await expect(pull(open({ pullMs: 150, verifyMs: 200 }))).rejects.toMatchObject({
      code: 'ENGINE_TIMEOUT',
      message: expect.stringContaining('not verified'),
    });
  });

  it('count a prompt by estimate if Ollama reports no counts', async () => {
    standin.play({ hasNoCounts: true });
    const { usage } = await read(open({}), { model, messages: ask('word '.repeat(300)) });
    expect(usage.promptTokens).toBeGreaterThan(250);
    expect(usage.completionTokens).toBe(3);
  });

  it('give a request the context that it asks for, in steps and up to the limit', async () => {
    standin.play({ contextLength: 131_072 });
    const engine = open({}, { contextLimit: 32_768 });
    for (const contextLength of [undefined, 100, 9_000, 32_768, 500_000]) {
      await read(engine, { ...hello, options: { contextLength } });
    }
    expect(standin.chats.map(({ options }) => Object(options).num_ctx)).toEqual([
      8_192, 8_192, 16_384, 32_768, 32_768,
    ]);
    const { limit } = await engine.measure(model, hello.messages, never, 20_000);
    expect(limit).toBe(32_768);
  });
});
