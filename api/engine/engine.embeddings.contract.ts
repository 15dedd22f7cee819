import { never, type OpenEngine, testTimeoutMs } from './engine.testing.ts';

const lengthOf = (vector: readonly number[]) => Math.hypot(...vector);
const cosine = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

/** The part of the contract suite about embeddings. Part of `describeEngine`. */
export function describeEmbeddings(opened: () => OpenEngine): void {
  it(
    'embeds each text, in their order',
    async () => {
      const { engine, model } = opened();
      const input = ['The cat sat on the mat.', 'Taxes are due in April.', 'The cat sat on the mat.'];
      const { vectors, promptTokens } = await engine.embed({ model, input }, never);
      expect(vectors).toHaveLength(3);
      expect(new Set(vectors.map(({ length }) => length)).size).toBe(1);
      for (const vector of vectors) expect(lengthOf(vector)).toBeCloseTo(1, 3);
      const [cat = [], taxes = [], again = []] = vectors;
      expect(cosine(cat, again)).toBeGreaterThan(0.999);
      expect(cosine(cat, taxes)).toBeLessThan(0.999);
      expect(promptTokens).toBeGreaterThan(10);
    },
    testTimeoutMs,
  );

  it(
    'shortens vectors to the dimensions, and normalizes them again',
    async () => {
      const { engine, model } = opened();
      const { vectors } = await engine.embed({ model, input: ['one'], dimensions: 4 }, never);
      expect(vectors[0]).toHaveLength(4);
      expect(lengthOf(vectors[0] ?? [])).toBeCloseTo(1, 3);
    },
    testTimeoutMs,
  );

  it(
    'leaves vectors as the model gave them, on request',
    async () => {
      const { engine, model } = opened();
      const [unit, raw] = await Promise.all(
        [true, false].map(async (normalize) => {
          const { vectors } = await engine.embed({ model, input: ['one'], normalize }, never);
          return vectors[0] ?? [];
        }),
      );
      expect(raw).toHaveLength(unit?.length ?? 0);
      expect(cosine(unit ?? [], raw ?? [])).toBeCloseTo(lengthOf(raw ?? []), 2);
    },
    testTimeoutMs,
  );

  it('rejects a text that exceeds the context', async () => {
    const { engine, model } = opened();
    const input = ['many words '.repeat(9_000)];
    await expect(engine.embed({ model, input }, never)).rejects.toHaveProperty('code', 'PROMPT_TOO_LARGE');
  });

  it('embeds with no unknown model, and not after an abort', async () => {
    const { engine, model } = opened();
    const input = ['one'];
    const unknown = engine.embed({ model: 'no-such-model', input }, never);
    await expect(unknown).rejects.toHaveProperty('code', 'MODEL_NOT_FOUND');
    const reason = new Error('too late');
    await expect(engine.embed({ model, input }, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
}

/**
 * Tests that an engine with a context of a few thousand tokens at most cuts longer texts on request. A context of 8,192
 * tokens takes minutes without a GPU.
 */
export function describeCutTexts(opened: () => OpenEngine): void {
  it(
    'cuts a text that exceeds the context, on request',
    async () => {
      const { engine, model } = opened();
      const input = ['many words '.repeat(9_000)];
      const { vectors } = await engine.embed({ model, input, truncate: true }, never);
      expect(vectors).toHaveLength(1);
    },
    testTimeoutMs,
  );
}
