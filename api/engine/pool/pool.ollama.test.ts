import { describeEngine } from '../engine.contract.ts';
import { ask, read } from '../engine.testing.ts';
import { createOllamaEngine } from '../ollama/engine.ollama.ts';
import { describeWithOllama, ollamaUrls } from '../ollama/ollama.testing.ts';
import { createMemoryBackendSlots } from './backendSlots.memory.ts';
import { createEnginePool } from './pool.ts';

/** Nothing listens at the discard port. */
const nowhere = 'http://127.0.0.1:9';

describeWithOllama('a pool of real Ollamas', () => {
  describeEngine('with one that is down', async () => {
    const slots = 2;
    const backends = [...ollamaUrls, nowhere].map((url) => ({
      url,
      engine: createOllamaEngine({ url, timeoutMs: 60_000, slots }),
    }));
    const backendSlots = createMemoryBackendSlots();
    const pool = createEnginePool({ backends, slotsPerBackend: slots, backendSlots });
    const [model] = await pool.models();
    if (model === undefined) throw new Error(`No Ollama at ${ollamaUrls.join(', ')} has a model.`);
    // Each has it in memory then, so that all of them take part.
    const holders = backends.filter(({ url }) => model.backends?.includes(url));
    const request = { model: model.name, messages: ask('Hi.'), options: { maxTokens: 1 } };
    for (const { engine } of holders) await read(engine, request);
    await pool.models();
    return { engine: pool, model: model.name };
  });
});
