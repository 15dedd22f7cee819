import { describeEngine } from './engine.contract.ts';
import { createOllamaEngine, probeOllama } from './engine.ollama.ts';
import { ollamaUrls } from './ollama.testing.ts';

const [url] = ollamaUrls;

if (url) {
  describeEngine('a real Ollama', async () => {
    const engine = createOllamaEngine({ url, timeoutMs: 60_000, slots: 3 });
    const [model] = await engine.models();
    if (model === undefined) throw new Error(`The Ollama at ${url} has no model.`);
    return { engine, model: model.name };
  });

  it('is found by a probe', async () => {
    expect(await probeOllama(url, 2_000)).toBe(true);
  });
} else {
  describe.skip('a real Ollama (skipped: OLLAMA_URL names none)', () => {
    it('keeps the promises of the port', () => undefined);
  });
}
