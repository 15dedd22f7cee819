import { tmpdir } from 'node:os';
import { chooseEngine } from './choose.ts';
import { testModel } from './model.testing.ts';
import { startOllamaStandin } from './standin.ollama.ts';

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
  it('is the Ollama that was named, the first that answers of several', async () => {
    const standin = await startOllamaStandin();
    const nowhere = await addressWithout();
    const engine = await chooseEngine({ ...settings, ollamaUrl: [nowhere, standin.url] });
    expect(await engine.health()).toMatchObject({ kind: 'ollama', state: 'ready' });
    await engine.close();
    await standin.close();
  });

  it('is the Ollama that was named, though it is down', async () => {
    const engine = await chooseEngine({ ...settings, ollamaUrl: [await addressWithout()] });
    expect(await engine.health()).toMatchObject({ kind: 'ollama', state: 'unavailable' });
    await engine.close();
  });

  it('is the embedded one where that was asked for, with the model file that was named', async () => {
    const { path } = await testModel();
    const loads: number[] = [];
    const onLoad = (progress: number) => loads.push(progress);
    const engine = await chooseEngine({ ...settings, ollamaUrl: 'embedded', modelPath: path, onLoad });
    expect(await engine.health()).toMatchObject({ kind: 'embedded', state: 'ready' });
    expect(loads.at(-1)).toBe(1);
    await engine.close();
  }, 120_000);

  it('is none where the file that was named is not there', async () => {
    const choice = { ...settings, ollamaUrl: 'embedded', modelPath: '/no/such/model.gguf' } as const;
    await expect(chooseEngine(choice)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  });
});
