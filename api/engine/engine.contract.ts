import { describeAnswers } from './engine.answers.contract.ts';
import { describeConcurrency } from './engine.concurrency.contract.ts';
import { describeEmbeddings } from './engine.embeddings.contract.ts';
import { ask, type OpenEngine, read, testTimeoutMs } from './engine.testing.ts';
import type { Engine } from './engine.ts';

/**
 * The contract suite of the port. `open` returns an engine with at least two slots; the suite closes it. `embeds` is false
 * if the model of the engine can't compute embeddings.
 */
export function describeEngine(name: string, open: () => Promise<OpenEngine>, embeds = true): void {
  describe(name, () => {
    let engine: Engine;
    let model: string;

    beforeAll(async () => {
      ({ engine, model } = await open());
      await read(engine, { model, messages: ask('Hi.'), options: { maxTokens: 1 } });
    }, testTimeoutMs);

    afterAll(() => engine.close());

    const opened = (): OpenEngine => ({ engine, model });
    describeAnswers(opened);
    describeConcurrency(opened, open);
    if (embeds) describeEmbeddings(opened);

    it('lists the model with its name and context length', async () => {
      const models = await engine.models();
      const found = models.find((each) => each.name === model);
      expect(found?.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(found?.contextLength).toBeGreaterThanOrEqual(1_024);
      expect(found?.capabilities).toContain('completion');
      expect(found?.loaded).toBe(true);
    });

    it('names the installed models when a model is not found', async () => {
      const rejected = read(engine, { model: 'no-such-model', messages: ask('Hi.') });
      await expect(rejected).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
        details: { asked: 'no-such-model', models: expect.arrayContaining([model]) },
      });
    });

    it('measures a prompt', async () => {
      const short = await engine.measure(model, ask('Hi.'));
      const long = await engine.measure(model, ask('Hi there, you. '.repeat(100)));
      expect(long.tokens).toBeGreaterThan(short.tokens + 200);
      expect(short.limit).toBeGreaterThanOrEqual(1_024);
    });

    it(
      'rejects a prompt that exceeds the context, with the numbers',
      async () => {
        const { limit } = await engine.measure(model, ask('Hi.'));
        const messages = ask('many words '.repeat(limit ?? 0));
        const rejected = read(engine, { model, messages });
        await expect(rejected).rejects.toMatchObject({ code: 'PROMPT_TOO_LARGE', details: { limit } });
        await expect(rejected).rejects.toHaveProperty('details.tokens', expect.any(Number));
      },
      testTimeoutMs,
    );

    it('rejects a request without messages', async () => {
      await expect(read(engine, { model, messages: [] })).rejects.toHaveProperty('code', 'BAD_USER_INPUT');
    });

    it('is ready, with a message', async () => {
      const health = await engine.health();
      expect(health).toMatchObject({ state: 'ready', steps: [], progress: null });
      expect(health.message).not.toBe('');
    });
  });
}
