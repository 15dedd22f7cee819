import { tmpdir } from 'node:os';
import { ask } from '../engine/engine.testing.ts';
import { describeWithModel, testModel } from '../engine/llama/model.testing.ts';
import { createMemoryBackendSlots } from '../engine/pool/backendSlots.memory.ts';
import { startOllamaStandin } from '../engine/standin/standin.ollama.ts';
import { chooseEngine } from './chooseEngine.ts';

const settings = {
  modelPath: null,
  dataDir: tmpdir(),
  timeoutMs: 1_000,
  slots: 1,
  signal: new AbortController().signal,
};

/** Returns an address where nothing listens. */
async function unusedAddress(): Promise<string> {
  const standin = await startOllamaStandin();
  await standin.close();
  return standin.url;
}

describe('the choice of the engine', () => {
  it('uses all configured Ollamas, each once, even if some are down', async () => {
    const standins = await Promise.all([startOllamaStandin(), startOllamaStandin()]);
    const [one, other] = standins.map(({ url }) => url);
    const nowhere = await unusedAddress();
    const engineUrl = [nowhere, one ?? '', other ?? '', `${one}/`];
    const engine = await chooseEngine({ ...settings, engineUrl, slots: 2 });
    expect(await engine.health()).toMatchObject({
      kind: 'ollama',
      state: 'ready',
      operator: { message: `2 of 3 Ollamas answer: ${one}, ${other}. No answer from ${nowhere}.` },
    });
    expect(engine.slots).toBe(4);
    await engine.close();
    await Promise.all(standins.map((standin) => standin.close()));
  });

  it('shares the slots of a single configured Ollama with other replicas', async () => {
    const tokens = Array.from({ length: 300 }, () => 'on ');
    const standin = await startOllamaStandin({ tokens, tokensPerSecond: 100 });
    const choice = { ...settings, engineUrl: [standin.url], backendSlots: createMemoryBackendSlots() };
    const replicas = await Promise.all([chooseEngine(choice), chooseEngine(choice)]);
    const streams = replicas.map((engine) =>
      engine
        .generate({ model: 'stand-in', messages: ask('Go on.') }, settings.signal)
        [Symbol.asyncIterator](),
    );
    const begun = streams.map((stream) => stream.next());
    await Promise.race(begun);
    expect(standin.chats).toHaveLength(1);
    await Promise.all(replicas.map((engine) => engine.close()));
    await Promise.allSettled(begun);
    await standin.close();
  });

  it('uses a single configured Ollama, even if it is down', async () => {
    const engine = await chooseEngine({ ...settings, engineUrl: [await unusedAddress()] });
    expect(await engine.health()).toMatchObject({ kind: 'ollama', state: 'unavailable' });
    await engine.close();
  });

  describeWithModel('with a model', () => {
    it('uses the embedded engine with the configured model file', async () => {
      const { path } = await testModel();
      const loads: number[] = [];
      const onLoad = (progress: number) => loads.push(progress);
      const engine = await chooseEngine({ ...settings, engineUrl: 'embedded', modelPath: path, onLoad });
      expect(await engine.health()).toMatchObject({ kind: 'embedded', state: 'ready' });
      expect(loads.at(-1)).toBe(1);
      await engine.close();
    }, 120_000);
  });

  it('fails if the configured model file is missing', async () => {
    const choice = { ...settings, engineUrl: 'embedded', modelPath: '/no/such/model.gguf' } as const;
    await expect(chooseEngine(choice)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  });
});
