import { describeEngine } from './engine.contract.ts';
import { createOllamaEngine, probeOllama } from './engine.ollama.ts';

const url = process.env.OLLAMA_URL?.split(',')[0];

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
  describe.skip('a real Ollama (OLLAMA_URL is not set)', () => {
    it('keeps the promises of the port', () => undefined);
  });
}
