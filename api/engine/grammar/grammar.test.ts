import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ask, read } from '../engine.testing.ts';
import type { Engine } from '../engine.ts';
import { createLlamaEngine } from '../llama/engine.llama.ts';
import { describeWithModel, testModel } from '../llama/model.testing.ts';
import { integerTexts } from './grammar.integer.ts';
import { grammarOf } from './grammar.ts';
import { checkSchemaSize, schemaLimits } from './schemaSize.ts';

/** An integer, as zod writes it. */
const safeInteger = { type: 'integer', minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991 };

describe('the grammar of a JSON Schema', () => {
  it.each([
    ['pattern', { type: 'string', pattern: '^a' }],
    ['multipleOf', { type: 'integer', multipleOf: 3 }],
    ['minimum', { type: 'number', minimum: 0 }],
    ['uniqueItems', { type: 'array', uniqueItems: true }],
    ['exclusiveMinimum', { type: 'number', exclusiveMinimum: 0 }],
    ['propertyNames', { propertyNames: { const: 'a' } }],
    ['propertyNames', { properties: { a: {} }, propertyNames: { enum: ['b'] } }],
    ['not', { not: { type: 'string' } }],
    ['anyOf', { type: 'object', properties: { a: {} }, anyOf: [{ required: ['a'] }] }],
    ['allOf', { allOf: [{ type: 'string' }, { maxLength: 3 }] }],
  ])('rejects %s, which it cannot enforce', (keyword, schema) => {
    expect(() => grammarOf({ type: 'object', properties: { here: schema } })).toThrow(`"${keyword}"`);
  });

  it.each([
    ['an unknown type', { type: 'text' }],
    ['a reference to nowhere', { $ref: '#/$defs/missing' }],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema' }],
    ['a number in place of a schema', { type: 'object', properties: { a: 3 } }],
    ['an empty enum', { enum: [] }],
    ['a string of a million characters', { type: 'string', minLength: 1_000_000 }],
    ['an empty range', { type: 'integer', minimum: 3, maximum: 2 }],
    [
      'many ranges of integers',
      {
        prefixItems: Array.from({ length: 400 }, (_none, n) => ({
          type: 'integer',
          minimum: n,
          maximum: 98_765,
        })),
      },
    ],
    [
      'many long strings',
      { prefixItems: Array.from({ length: 11 }, () => ({ type: 'string', maxLength: 1_000 })) },
    ],
  ])('rejects %s', (_name, schema) => {
    expect(() => grammarOf(schema)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });

  it('has the patterns of a range of integers', () => {
    const { MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: most } = Number;
    const ranges = [
      [0, 0],
      [3, 5],
      [0, 900],
      [-7, 7],
      [-120, -9],
      [99, 101],
      [1_000, 98_765],
      [0, most],
      [least, most],
      [least, -1],
    ] as const;
    for (const [min, max] of ranges) {
      const texts = integerTexts(min, max);
      expect(texts.length).toBeLessThan(70);
      const pattern = new RegExp(`^(?:${texts.map((text) => text.replaceAll(/[" ]/g, '')).join('|')})$`);
      const near = [min, max, 0, 1, -1, 10, 99, 100, 101].flatMap((n) => [n - 2, n - 1, n, n + 1, n + 2]);
      const spread = Array.from({ length: 300 }, (_none, n) => Math.round(min / 2 + max / 2 + (n - 150) * 7));
      for (const n of [...near, ...spread].filter(Number.isSafeInteger)) {
        expect([n, pattern.test(String(n))]).toEqual([n, n >= min && n <= max]);
      }
      expect(pattern.test('-0') || pattern.test('007')).toBe(false);
    }
  });

  it.each([
    ['half a range', { type: 'integer', minimum: 3 }],
    ['a positive integer', { type: 'integer', exclusiveMinimum: 0, maximum: 9_007_199_254_740_991 }],
    [
      'a map',
      { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'string' } },
    ],
    [
      'a map of some names',
      {
        type: 'object',
        propertyNames: { type: 'string', enum: ['a', 'b'] },
        required: ['a', 'b'],
        additionalProperties: { type: 'string' },
      },
    ],
    ['many integers as libraries bound them', { prefixItems: Array(200).fill(safeInteger) }],
  ])('accepts %s', (_name, schema) => {
    expect(grammarOf(schema)).toContain('root ::=');
  });

  describeWithModel('makes a model answer with', () => {
    let engine: Engine;

    beforeAll(async () => {
      const { path, sha256 } = await testModel();
      engine = await createLlamaEngine({ modelPath: path, digest: sha256, slots: 2, contextLength: 1_024 });
    }, 120_000);

    afterAll(() => engine.close());

    const answer = async (format: Record<string, unknown>): Promise<unknown> => {
      // Without the penalty, the model nests trees without end.
      const options = { temperature: 0.7, seed: 5, maxTokens: 150, repeatPenalty: 1.1 };
      const request = {
        model: 'smollm2:135m',
        messages: ask('Make up an example, and be brief.'),
        options,
        format,
      };
      return JSON.parse((await read(engine, request)).text);
    };

    it.each([
      ['a constant', { const: { a: [1, 'x"\\\n'] } }, { a: [1, 'x"\\\n'] }],
      ['the only choice', { enum: ['é😀'] }, 'é😀'],
      ['null', { type: 'null' }, null],
      ['an object without properties', { type: 'object', additionalProperties: false }, {}],
      ['an empty array', { type: 'array', maxItems: 0 }, []],
      ['a tuple', { prefixItems: [{ const: 1 }, { const: 'b' }] }, [1, 'b']],
      ['a referenced definition', { $ref: '#/$defs/a~1b', $defs: { 'a/b': { const: 7 } } }, 7],
      [
        'a required property that has no schema',
        { required: ['z'], additionalProperties: { const: 1 } },
        { z: 1 },
      ],
    ])('%s', async (_name, schema, expected) => {
      expect(await answer(schema)).toEqual(expected);
    });

    it('an integer within its bounds', async () => {
      expect([3, 4, 5]).toContain(await answer({ type: 'integer', minimum: 3, maximum: 5 }));
    });

    it('an integer of a wide range, and a map', async () => {
      const found = await answer({ type: 'object', properties: { age: safeInteger }, required: ['age'] });
      expect(Number.isSafeInteger(Object(found).age)).toBe(true);
      const map = { type: 'object', propertyNames: { enum: ['a'] }, additionalProperties: { const: 1 } };
      expect([{}, { a: 1 }]).toContainEqual(await answer(map));
    });

    it('a string within its length', async () => {
      const text = String(await answer({ type: 'string', minLength: 3, maxLength: 6 }));
      expect([...text].length).toBeGreaterThanOrEqual(3);
      expect([...text].length).toBeLessThanOrEqual(6);
    });

    it('a valid date', async () => {
      const date = String(await answer({ type: 'string', format: 'date' }));
      expect(new Date(date).toISOString()).toContain(date);
    });

    it('one of several shapes', async () => {
      expect([true, false, null]).toContain(await answer({ anyOf: [{ type: 'boolean' }, { type: 'null' }] }));
      expect([true, false, null]).toContain(await answer({ type: ['boolean', 'null'] }));
    });

    it('all required properties, and no unnamed ones', async () => {
      const properties = { a: { const: 1 }, b: { const: 2 }, c: { const: 3 }, d: { const: 4 } };
      const found = await answer({ type: 'object', properties, required: ['b', 'd'] });
      expect(found).toMatchObject({ b: 2, d: 4 });
      expect(Object.keys(Object(found)).filter((key) => !(key in properties))).toEqual([]);
    });

    it('a tree of a schema that refers to itself', async () => {
      const tree = {
        type: 'object',
        properties: { leaf: { const: true }, left: { $ref: '#' } },
        required: ['leaf'],
      };
      expect(await answer(tree)).toHaveProperty('leaf', true);
    });

    it('the largest allowed schemas, without blocking the event loop for long', async () => {
      const many = (count: number) => Array.from({ length: count }, (_, index) => `value ${index}`);
      const largest = [
        { enum: many(schemaLimits.alternatives) },
        { type: 'array', maxItems: 3, items: { enum: many(schemaLimits.alternatives) } },
        {
          type: 'object',
          properties: Object.fromEntries(many(390).map((name) => [name, { type: 'boolean' }])),
        },
        { prefixItems: many(10).map(() => ({ type: 'string', maxLength: 1_000 })) },
      ];
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      for (const schema of largest) {
        checkSchemaSize(schema, 'format');
        await read(engine, {
          model: 'smollm2:135m',
          messages: ask('Choose one.'),
          options: { seed: 5, maxTokens: 3 },
          format: schema,
        });
      }
      delay.disable();
      // Each compiles in less than 50 ms on an idle core; 30,000 values took seconds, 100,000 half a minute.
      expect(delay.max / 1e6).toBeLessThan(1_500);
    }, 60_000);

    it('a failure if the schema refers to itself endlessly', async () => {
      const format = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } };
      await expect(answer(format)).rejects.toHaveProperty('code', 'BAD_USER_INPUT');
    });
  });
});
