import { createStandbyEngine, type StandbyReport } from './engine.standby.ts';
import { ask, read } from './engine.testing.ts';
import type { Engine } from './engine.ts';
import { createOllamaEngine } from './ollama/engine.ollama.ts';
import { type OllamaStandin, startOllamaStandin } from './standin/standin.ollama.ts';

const hello = { model: 'stand-in', messages: ask('Hello?') };
const unavailable = expect.objectContaining({ code: 'ENGINE_UNAVAILABLE' });

describe('an engine on standby', () => {
  let standin: OllamaStandin;
  let engine: Engine;

  beforeEach(async () => {
    standin = await startOllamaStandin();
  });

  afterEach(async () => {
    await engine.close();
    await standin.close();
  });

  const createOllama = () => createOllamaEngine({ url: standin.url, timeoutMs: 1_000, slots: 3 });

  it('reports its progress, and answers once the engine has started', async () => {
    const starting = Promise.withResolvers<Engine>();
    let report: (report: StandbyReport) => void = () => undefined;
    const standby = createStandbyEngine(
      (reportProgress) => {
        report = reportProgress;
        return starting.promise;
      },
      { retryMs: 10, slots: 1 },
    );
    engine = standby;
    report({ message: 'Fetching the model.', progress: 0.25 });
    expect(await engine.health()).toEqual({
      kind: 'none',
      state: 'starting',
      message: 'Fetching the model.',
      steps: [],
      progress: 0.25,
    });
    expect(engine.slots).toBe(1);
    await expect(engine.models()).rejects.toEqual(unavailable);
    await expect(engine.measure('any', hello.messages)).rejects.toEqual(unavailable);
    await expect(read(engine, hello)).rejects.toMatchObject({ message: 'Fetching the model.' });

    starting.resolve(createOllama());
    expect(await standby.ready()).toMatchObject({ kind: 'ollama', state: 'ready' });
    expect(engine.slots).toBe(3);
    expect((await read(engine, hello)).text).toBe('Hello there.');
    expect(await engine.models()).toHaveLength(1);
  });

  it('says what is missing and how to set it up, and retries', async () => {
    const failed = Promise.withResolvers<unknown>();
    let tries = 0;
    const standby = createStandbyEngine(
      async () => {
        tries += 1;
        if (tries < 3) throw new Error('Nothing answers.');
        return createOllama();
      },
      { retryMs: 20, slots: 1, onFailure: failed.resolve },
    );
    engine = standby;
    await failed.promise;
    const health = await engine.health();
    expect(health).toMatchObject({
      kind: 'none',
      state: 'unavailable',
      message: expect.not.stringContaining('Nothing answers'),
      operator: { message: expect.stringContaining('Nothing answers.') },
    });
    expect(health.steps.join()).toMatch(/ollama pull.*OLLAMA_URL.*MODEL_PATH.*python3/s);
    await expect(read(engine, hello)).rejects.toEqual(unavailable);
    await standby.ready();
    expect(tries).toBe(3);
  });

  it('closes an engine that starts after it was closed', async () => {
    const starting = Promise.withResolvers<Engine>();
    const late = createOllama();
    const standby = createStandbyEngine(() => starting.promise, { retryMs: 10, slots: 1 });
    engine = standby;
    const closed = standby.close();
    starting.resolve(late);
    await closed;
    await expect(late.models()).rejects.toEqual(unavailable);
  });

  it('aborts a start in progress when it closes', async () => {
    const standby = createStandbyEngine(
      (_report, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      { retryMs: 10, slots: 1 },
    );
    engine = standby;
    await standby.close();
    await expect(standby.ready()).rejects.toEqual(unavailable);
    expect(await standby.health()).toHaveProperty('state', 'unavailable');
  });
});
