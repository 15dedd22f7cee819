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

/** An address where nothing listens any more. */
async function addressWithout(): Promise<string> {
  const standin = await startOllamaStandin();
  await standin.close();
  return standin.url;
}

describe('the engine that is chosen', () => {
  it('is all the Ollamas that were named, each once, though some are down', async () => {
    const standins = await Promise.all([startOllamaStandin(), startOllamaStandin()]);
    const [one, other] = standins.map(({ url }) => url);
    const nowhere = await addressWithout();
    const ollamaUrl = [nowhere, one ?? '', other ?? '', `${one}/`];
    const engine = await chooseEngine({ ...settings, ollamaUrl, slots: 2 });
    expect(await engine.health()).toMatchObject({
      kind: 'ollama',
      state: 'ready',
      operator: { message: `2 of 3 Ollamas answer: ${one}, ${other}. No answer from ${nowhere}.` },
    });
    expect(engine.slots).toBe(4);
    await engine.close();
    await Promise.all(standins.map((standin) => standin.close()));
  });

  it('keeps to the slots of the one Ollama that was named, together with other replicas', async () => {
    const tokens = Array.from({ length: 300 }, () => 'on ');
    const standin = await startOllamaStandin({ tokens, tokensPerSecond: 100 });
    const choice = { ...settings, ollamaUrl: [standin.url], backendSlots: createMemoryBackendSlots() };
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

  it('is the Ollama that was named, though it is down', async () => {
    const engine = await chooseEngine({ ...settings, ollamaUrl: [await addressWithout()] });
    expect(await engine.health()).toMatchObject({ kind: 'ollama', state: 'unavailable' });
    await engine.close();
  });

  describeWithModel('with a model', () => {
    it('is the embedded one where that was asked for, with the model file that was named', async () => {
      const { path } = await testModel();
      const loads: number[] = [];
      const onLoad = (progress: number) => loads.push(progress);
      const engine = await chooseEngine({ ...settings, ollamaUrl: 'embedded', modelPath: path, onLoad });
      expect(await engine.health()).toMatchObject({ kind: 'embedded', state: 'ready' });
      expect(loads.at(-1)).toBe(1);
      await engine.close();
    }, 120_000);
  });

  it('is none where the file that was named is not there', async () => {
    const choice = { ...settings, ollamaUrl: 'embedded', modelPath: '/no/such/model.gguf' } as const;
    await expect(chooseEngine(choice)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  });
});
