import { jest } from '@jest/globals';
import fc from 'fast-check';
import {
  type ExecutionResult,
  execute,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  subscribe,
  validate,
} from 'graphql';
import { generationEventFields } from '../../../generations/watch/eventFields.ts';
import type { GenerationEvent } from '../../../generations/watch/watch.ts';
import { schema } from '../../../schema.ts';
import { createEventData, usePreparedEvents as preparedEvents, selectionOf } from './usePreparedEvents.ts';

const contextValue = {
  viewer: { user: { id: 'ann', role: 'MEMBER', disabledAt: null }, sessionId: 's', apiKey: null },
  generations: { queuePosition: async () => 7 },
};

const operationOf = (text: string): OperationDefinitionNode => {
  const operation = getOperationAST(parse(text));
  if (!operation) throw new Error(`no operation in ${text}`);
  return operation;
};

const isPreparable = (text: string): boolean =>
  selectionOf(schema, operationOf(text), generationEventFields) !== null;

/** Asserts that the prepared data of each event, or else of its execution, is what graphql-js returns. Returns their number. */
const compare = async (text: string, events: readonly object[]): Promise<number> => {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const selection = selectionOf(schema, operationOf(text), generationEventFields);
  if (!selection) return 0;
  const data = createEventData(selection);
  let prepared = 0;
  for (const event of events) {
    const expected = (await execute({ schema, document, contextValue, rootValue: event })) as ExecutionResult;
    const shown = data.prepare(event);
    if (shown) {
      prepared += 1;
      expect(JSON.stringify({ data: shown })).toBe(JSON.stringify(expected));
    } else data.executed(event, expected);
  }
  return prepared;
};

const generation = (status: string, more: object = {}): object => ({
  id: '01HZY3XW2M8T5QK9V7N4B6C1D0',
  ownerId: 'ann',
  conversationId: 'c',
  messageId: 'm',
  model: 'llama3.2:latest',
  status,
  attempt: 1,
  thinking: null,
  finishReason: null,
  toolCalls: null,
  error: null,
  usage: null,
  cached: false,
  createdAt: new Date(1e12),
  queuedAt: new Date(1e12),
  startedAt: new Date(1e12 + 5),
  finishedAt: null,
  ...more,
});

const generations = [
  generation('QUEUED', { startedAt: null }),
  generation('RUNNING'),
  generation('RUNNING', { attempt: 2 }),
  generation('COMPLETED', {
    finishReason: 'STOP',
    finishedAt: new Date(1e12 + 9),
    usage: {
      promptTokens: 3,
      completionTokens: 5,
      tokensPerSecond: 1.5,
      timeToFirstTokenMs: null,
      durationMs: 2.25,
    },
  }),
  generation('FAILED', { error: { code: 'ENGINE_FAILED', message: 'At http://10.0.0.1:11434 it broke.' } }),
];

const int = fc.oneof(fc.nat(), fc.constantFrom(2 ** 31 - 1, 2 ** 31, 1.5, -1));
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '"\\\n\u2028', '\ud800', '👩‍🚀'));

const event = fc
  .record({
    offset: int,
    delta: text,
    cursor: int,
    thinkingOffset: int,
    thinkingDelta: text,
    status: fc.constantFrom('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'UNKNOWN'),
    attempt: fc.oneof(int, fc.constant(null)),
    queuePosition: fc.oneof(fc.constant(null), int),
    generation: fc.constantFrom(...generations),
  })
  .map((generated) => generated as unknown as GenerationEvent);

const alias = fc.constantFrom('', '', '', 'a: ', 'b: ', 'offset: ', 'generation: ');
const leaf = (names: readonly string[]) =>
  fc.tuple(alias, fc.constantFrom('__typename', ...names)).map((parts) => parts.join(''));
const usage = leaf(['promptTokens', 'completionTokens', 'tokensPerSecond', 'timeToFirstToken', 'duration']);
const several = (field: fc.Arbitrary<string>) =>
  fc.array(field, { minLength: 1, maxLength: 8 }).map((fields) => fields.join(' '));

const ofGeneration = fc.oneof(
  {
    weight: 6,
    arbitrary: leaf([
      ...['id', 'status', 'model', 'attempt', 'cached', 'finishReason', 'canContinue'],
      ...['createdAt', 'startedAt', 'finishedAt'],
    ]),
  },
  { weight: 1, arbitrary: several(usage).map((fields) => `usage { ${fields} }`) },
  { weight: 1, arbitrary: fc.constantFrom('error { code message }', 'error { m: message ... { code } }') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('... on Node { id }', '... on Generation { model }', '... { model }'),
  },
);

const ofEvent = fc.oneof(
  {
    weight: 5,
    arbitrary: leaf([
      ...[
        'offset',
        'delta',
        'cursor',
        'thinkingOffset',
        'thinkingDelta',
        'status',
        'attempt',
        'queuePosition',
      ],
    ]),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('', 'g: '), several(ofGeneration))
      .map(([name, fields]) => `${name}generation { ${fields} }`),
  },
  { weight: 1, arbitrary: leaf(['delta', 'cursor']).map((field) => `... on GenerationEvent { ${field} }`) },
);

const subscriptionOf = fc
  .tuple(fc.constantFrom('', 'event: '), several(ofEvent))
  .map(([name, fields]) => `subscription { ${name}generation(id: "x") { ${fields} } }`);

describe('prepared events', () => {
  test('equal those of graphql-js, byte for byte, for generated selections', async () => {
    let prepared = 0;
    await fc.assert(
      fc.asyncProperty(
        // Two fields of different types may not have one alias.
        subscriptionOf.filter((one) => validate(schema, parse(one)).length === 0),
        fc.array(event, { minLength: 2, maxLength: 4 }),
        async (one, events) => {
          prepared += await compare(one, events);
        },
      ),
      { numRuns: 1000 },
    );
    expect(prepared).toBeGreaterThan(200);
  }, 120_000);

  test("are prepared for the web app's selection", async () => {
    const selection = `subscription ($id: ID!, $after: Int!) { generation(id: $id, after: $after) {
      offset delta cursor thinkingOffset thinkingDelta queuePosition
      generation { id status attempt finishReason canContinue error { code message } usage { duration } }
    } }`;
    expect(isPreparable(selection)).toBe(true);
  });

  test.each([
    ['a field that loads something', 'subscription { generation(id: "x") { generation { text } } }'],
    [
      'a field below an object that loads',
      'subscription { generation(id: "x") { generation { message { id } } } }',
    ],
    ['a position that may change', 'subscription { generation(id: "x") { generation { queuePosition } } }'],
    ['a directive', 'subscription { generation(id: "x") { offset @skip(if: true) delta } }'],
    [
      'a directive below',
      'subscription { generation(id: "x") { generation { usage { duration @skip(if: true) } } } }',
    ],
    [
      'a directive at a fragment',
      'subscription { generation(id: "x") { delta ... @include(if: false) { offset } } }',
    ],
    ['a fragment', 'subscription { generation(id: "x") { ...f } } fragment f on GenerationEvent { delta }'],
    ['another subscription', 'subscription { conversationChanged { kind } }'],
  ])('are not prepared for %s', (_name, one) => {
    expect(validate(schema, parse(one))).toEqual([]);
    expect(isPreparable(one)).toBe(false);
  });

  test('execute the first event and those with another object only', async () => {
    const field = schema.getSubscriptionType()?.getFields().generation;
    if (!field) throw new Error('no such subscription');
    const execution = jest.spyOn(field, 'resolve');
    const [queued, running] = generations;
    const events = [queued, queued, running, running, running].map((shown, offset) => ({
      ...{ offset, delta: 'a', cursor: 1, thinkingOffset: 0, thinkingDelta: '', status: 'RUNNING' },
      ...{ attempt: 1, queuePosition: null, generation: shown },
    }));
    let args = {
      schema,
      document: parse('subscription { generation(id: "R2VuZXJhdGlvbjp4") { offset generation { model } } }'),
      contextValue: {
        ...contextValue,
        generations: {
          async *watch() {
            yield* events;
          },
        },
      },
    };
    let subscribing: (given: typeof args) => Promise<unknown> = async (given) => subscribe(given);
    preparedEvents().onSubscribe?.({
      args,
      setSubscribeFn: (next: typeof subscribing) => {
        subscribing = next;
      },
    } as never);
    args = { ...args };
    const results: unknown[] = [];
    for await (const result of (await subscribing(args)) as AsyncIterable<ExecutionResult>)
      results.push(result);
    expect(results).toMatchObject(
      events.map(({ offset }) => ({
        data: { generation: { offset, generation: { model: 'llama3.2:latest' } } },
      })),
    );
    expect(execution).toHaveBeenCalledTimes(2);
    execution.mockRestore();
  });
});
