import { ask, never } from './engine.testing.ts';
import type { EngineChunk } from './engine.ts';
import { observeEngine } from './observed.ts';
import { createOllamaEngine } from './ollama/engine.ollama.ts';
import { startOllamaStandin } from './standin/standin.ollama.ts';

describe('an observed engine', () => {
  it('passes on what its reader accepts, and observes each chunk once, in order', async () => {
    const standin = await startOllamaStandin();
    const engine = createOllamaEngine({ url: standin.url, timeoutMs: 10_000, slots: 1 });
    const tokens = Array.from({ length: 60 }, (_, index) => `${index} `);
    standin.play({ tokens, tokensPerSecond: 1_000 });
    const observed: EngineChunk[] = [];
    const observedEngine = observeEngine(engine, () => ({
      step: (run) => run(),
      chunk: (chunk) => observed.push(chunk),
      ended: () => {},
    }));
    const received: EngineChunk[] = [];
    let accepted = 0;
    const accept = (chunk: EngineChunk): boolean => {
      if (received.length % 3 === 0) return false;
      received.push(chunk);
      accepted += 1;
      return true;
    };
    const request = { model: 'stand-in:latest', messages: ask('Hi') };
    for await (const chunk of observedEngine.generate(request, never, accept)) received.push(chunk);
    const textOf = (chunks: readonly EngineChunk[]) =>
      chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
    expect(textOf(received)).toBe(tokens.join(''));
    expect(observed).toEqual(received);
    expect(accepted).toBeGreaterThan(10);
    await engine.close();
    await standin.close();
  });
});
