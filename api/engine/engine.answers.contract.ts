import { ask, greedy, type OpenEngine, read, testTimeoutMs } from './engine.testing.ts';

/** The part of the contract suite about the content of answers. Part of `describeEngine`. */
export function describeAnswers(opened: () => OpenEngine): void {
  it(
    'streams an answer in chunks and ends with done and its usage',
    async () => {
      const { engine, model } = opened();
      const options = { ...greedy, maxTokens: 12 };
      const { chunks, usage } = await read(engine, { model, messages: ask('Count to ten.'), options });
      expect(chunks.length).toBeGreaterThan(3);
      expect(chunks).not.toContain('');
      expect(usage.promptTokens).toBeGreaterThan(5);
      expect(usage.completionTokens).toBeGreaterThanOrEqual(chunks.length - 1);
      expect(usage.totalMs).toBeGreaterThanOrEqual(usage.completionMs);
      expect(usage.completionMs).toBeGreaterThan(0);
    },
    testTimeoutMs,
  );

  it(
    'always gives the same greedy answer',
    async () => {
      const { engine, model } = opened();
      const request = {
        model,
        messages: ask('Name three colours.'),
        options: { temperature: 0, maxTokens: 12 },
      };
      const first = await read(engine, request);
      expect((await read(engine, request)).text).toBe(first.text);
    },
    testTimeoutMs,
  );

  it(
    'gives the same answer for the same seed, and another one for another seed',
    async () => {
      const { engine, model } = opened();
      const messages = ask('Tell me about a dream.');
      const dream = async (seed: number) =>
        (await read(engine, { model, messages, options: { temperature: 1.2, seed, maxTokens: 16 } })).text;
      const first = await dream(7);
      expect(await dream(7)).toBe(first);
      expect(await dream(8)).not.toBe(first);
    },
    testTimeoutMs,
  );

  it(
    'ends before a stop string, without any part of it',
    async () => {
      const { engine, model } = opened();
      const messages = ask('Tell me about cats.');
      const { text } = await read(engine, { model, messages, options: { ...greedy, maxTokens: 16 } });
      const stop = text.slice(14, 26);
      const options = { ...greedy, maxTokens: 16, stop: ['never said', stop] };
      const stopped = await read(engine, { model, messages, options });
      expect(stopped.text).toBe(text.slice(0, text.indexOf(stop)));
      expect(stopped.finish).toBe('stop');
    },
    testTimeoutMs,
  );

  it(
    'ends after maxTokens, with the finish reason length',
    async () => {
      const { engine, model } = opened();
      const request = { model, messages: ask('Write a long story.'), options: { ...greedy, maxTokens: 5 } };
      const { finish, usage } = await read(engine, request);
      expect(finish).toBe('length');
      expect(usage.completionTokens).toBe(5);
    },
    testTimeoutMs,
  );

  it(
    'answers by a JSON Schema, with whole characters in each chunk',
    async () => {
      const { engine, model } = opened();
      const face = '😀 naïve 👩‍🚀 日本';
      const format = {
        type: 'object',
        properties: {
          face: { enum: [face] },
          age: { type: 'integer' },
          pets: { type: 'array', items: { enum: ['cat', 'dog'] }, minItems: 1, maxItems: 2 },
        },
        required: ['face', 'age', 'pets'],
        additionalProperties: false,
      };
      const request = {
        model,
        messages: ask('Describe Ann, who is 31.'),
        options: { ...greedy, maxTokens: 120 },
      };
      const { text, chunks } = await read(engine, { ...request, format });
      const person = JSON.parse(text);
      expect(Object.keys(person).sort()).toEqual(['age', 'face', 'pets']);
      expect(person.face).toBe(face);
      expect(Number.isInteger(person.age)).toBe(true);
      expect(['cat', 'dog']).toContain(person.pets[0]);
      expect(chunks.filter((chunk) => !chunk.isWellFormed() || chunk.includes('\ufffd'))).toEqual([]);
    },
    testTimeoutMs,
  );

  it(
    'continues a partial answer if the model can, and rejects it otherwise',
    async () => {
      const { engine, model } = opened();
      const partial = { role: 'assistant', content: 'The three primary colours are red,' } as const;
      const messages = [...ask('Name the primary colours.'), partial];
      const found = (await engine.models()).find((each) => each.name === model);
      const continued = read(engine, { model, messages, options: { ...greedy, maxTokens: 8 } });
      if (!found?.canContinue) return expect(continued).rejects.toHaveProperty('code', 'BAD_USER_INPUT');
      const { text } = await continued;
      expect(text).toMatch(/^ ?(blue|yellow|green)/);
    },
    testTimeoutMs,
  );
}
