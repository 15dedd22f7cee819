import { type OllamaStandin, startOllamaStandin } from '../standin/standin.ollama.ts';
import { engineFetch } from '../transport/engineFetch.ts';
import { createOllamaEngine } from './engine.ollama.ts';

const model = 'stand-in:latest';
const texts = Array.from({ length: 50 }, (_, index) => `text number ${index}`);

describe('embeddings of many texts on Ollama', () => {
  let standin: OllamaStandin;
  const sizes: number[] = [];
  let onAnswer = () => {};

  const open = () =>
    createOllamaEngine({
      url: standin.url,
      timeoutMs: 60_000,
      slots: 1,
      fetch: async (url, init) => {
        if (!String(url).endsWith('/api/embed')) return engineFetch(url, init);
        sizes.push(JSON.parse(String(init?.body)).input.length);
        const response = await engineFetch(url, init);
        onAnswer();
        return response;
      },
    });

  beforeAll(async () => {
    standin = await startOllamaStandin();
  });
  beforeEach(() => {
    sizes.length = 0;
    onAnswer = () => {};
  });
  afterAll(() => standin.close());

  it('go in small requests, and come back in their order', async () => {
    const engine = open();
    const never = new AbortController().signal;
    const { vectors, promptTokens } = await engine.embed({ model, input: texts }, never);
    expect(sizes).toEqual([16, 16, 16, 2]);
    expect(promptTokens).toBe(150);
    const alone = await engine.embed({ model, input: [texts[49] ?? ''] }, never);
    expect(vectors).toHaveLength(50);
    expect(vectors[49]).toEqual(alone.vectors[0]);
    sizes.length = 0;
    await engine.embed({ model, input: Array.from({ length: 4 }, () => 'long text '.repeat(500)) }, never);
    expect(sizes.every((size) => size <= 2)).toBe(true);
    await engine.close();
  });

  it('end after the current request when the caller leaves', async () => {
    const engine = open();
    const left = new AbortController();
    const reason = new Error('left');
    onAnswer = () => left.abort(reason);
    await expect(engine.embed({ model, input: texts }, left.signal)).rejects.toBe(reason);
    expect(sizes).toEqual([16]);
    await engine.close();
  });
});
