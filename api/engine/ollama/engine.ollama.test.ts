import { describeEngine } from '../engine.contract.ts';
import { describeCutTexts } from '../engine.embeddings.contract.ts';
import type { Engine } from '../engine.ts';
import { createOllamaEngine, probeOllama } from './engine.ollama.ts';
import { describeWithOllama, ollamaUrls } from './ollama.testing.ts';

describeWithOllama('a real Ollama', () => {
  const [url = ''] = ollamaUrls;

  describeEngine('as an engine', async () => {
    const engine = createOllamaEngine({ url, timeoutMs: 60_000, slots: 3 });
    const [model] = await engine.models();
    if (model === undefined) throw new Error(`The Ollama at ${url} has no model.`);
    return { engine, model: model.name };
  });

  describe('with a small context', () => {
    let engine: Engine;
    let model = '';
    afterAll(() => engine.close());
    beforeAll(async () => {
      engine = createOllamaEngine({ url, timeoutMs: 60_000, slots: 1, contextCap: 128 });
      model = (await engine.models())[0]?.name ?? '';
    });
    describeCutTexts(() => ({ engine, model }));
  });

  it('answers a probe', async () => {
    expect(await probeOllama(url, 2_000)).toBe(true);
  });
});
