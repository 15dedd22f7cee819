import fc from 'fast-check';
import {
  type ExecutionResult,
  execute,
  getOperationAST,
  getVariableValues,
  OverlappingFieldsCanBeMergedRule,
  parse,
  validate,
} from 'graphql';
import { generationEventFields } from '../../../generations/watch/eventFields.ts';
import type { GenerationEvent } from '../../../generations/watch/watch.ts';
import { schema } from '../../../schema.ts';
import { type EventSelection, selectionOf } from './eventSelection.ts';
import { createEventWriter } from './eventWriter.ts';

const contextValue = {
  viewer: { user: { id: 'ann', role: 'MEMBER', disabledAt: null }, sessionId: 's', apiKey: null },
  generations: { queuePosition: async () => 7 },
};

const compile = (text: string): EventSelection | null => {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error(`no operation in ${text}`);
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], {
    id: 'x',
    after: 0,
  });
  return selectionOf({ schema, document, operation, variables: coerced }, generationEventFields);
};

/** Asserts that the data and the text of each event, or else of its execution, is what graphql-js returns. Returns their number. */
const compare = async (text: string, events: readonly object[]): Promise<number> => {
  const document = parse(text);
  const selection = compile(text);
  if (!selection) return 0;
  const [writer, other] = [createEventWriter(selection), createEventWriter(selection)];
  let prepared = 0;
  for (const event of events) {
    const expected = (await execute({ schema, document, contextValue, rootValue: event })) as ExecutionResult;
    const json = JSON.stringify(expected);
    const data = writer.data(event);
    const texts = [writer.text(event, null), writer.text(event, event), other.text(event, event)];
    if (data) {
      prepared += 1;
      expect(JSON.stringify({ data })).toBe(json);
      expect(texts).toEqual([json, json, json]);
    } else {
      expect(texts).toEqual([null, null, null]);
      for (const each of [writer, other]) each.executed(event, expected);
    }
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

const alias = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom('a: ', 'b: ', 'offset: ', 'generation: ') },
);
const leaf = (names: readonly string[]) =>
  fc.tuple(alias, fc.constantFrom('__typename', ...names)).map((parts) => parts.join(''));
const usage = leaf(['promptTokens', 'completionTokens', 'tokensPerSecond', 'timeToFirstToken', 'duration']);
const several = (field: fc.Arbitrary<string>) =>
  fc.array(field, { minLength: 1, maxLength: 8 }).map((fields) => fields.join(' '));

const condition = fc
  .array(
    fc
      .tuple(fc.constantFrom('skip', 'include'), fc.constantFrom('true', 'false', '$yes', '$no'))
      .map(([name, value]) => `@${name}(if: ${value})`),
    { minLength: 0, maxLength: 2 },
  )
  // A condition may be at a selection once.
  .map((given) => [...new Map(given.map((one) => [one.slice(0, 3), one])).values()].join(' '));

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
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('model', '... on Node { id }', '...OfGeneration'), condition)
      .map(([field, given]) => (field.startsWith('... ') ? field : `${field} ${given}`)),
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
  {
    weight: 2,
    arbitrary: fc
      .tuple(leaf(['delta', 'status', 'queuePosition']), condition)
      .map(([field, given]) => `${field} ${given}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('...', '... on GenerationEvent'), condition, leaf(['offset', 'attempt']))
      .map(([fragment, given, field]) => `${fragment} ${given} { ${field} ...OfEvent }`),
  },
  { weight: 1, arbitrary: fc.constant('...OfEvent') },
);

const subscriptionOf = fc
  .tuple(fc.constantFrom('', 'event: '), several(ofEvent), several(ofEvent), several(ofGeneration))
  .map(([name, fields, fragment, ofObject]) => {
    const conditions = '$yes: Boolean! = true, $no: Boolean! = false';
    // A fragment may not contain itself.
    const [inner, object] = [fragment, ofObject].map((one) =>
      one.replaceAll('...OfEvent', 'attempt').replaceAll('...OfGeneration', 'id'),
    );
    return `subscription (${conditions}) {
      ${name}generation(id: "x") { ${fields} }
      ... @include(if: false) { ${name}generation(id: "x") { delta } }
    }
    fragment OfEvent on GenerationEvent { offset ${inner} }
    fragment OfGeneration on Generation { id ${object} }`;
  });

/** The only rule that generated selections may break. */
const rules = [OverlappingFieldsCanBeMergedRule];

describe('an event writer', () => {
  it('writes what graphql-js returns, byte for byte, for generated selections', async () => {
    let prepared = 0;
    await fc.assert(
      fc.asyncProperty(
        // Two fields of different types may not have one alias.
        subscriptionOf.filter((one) => validate(schema, parse(one), rules).length === 0),
        fc.array(event, { minLength: 2, maxLength: 4 }),
        async (one, events) => {
          prepared += await compare(one, events);
        },
      ),
      { numRuns: 2000 },
    );
    expect(prepared).toBeGreaterThan(500);
  }, 240_000);

  it('shares the text of an event among readers with the same objects only', async () => {
    const text = 'subscription { generation(id: "x") { delta generation { id model } } }';
    const selection = compile(text);
    if (!selection) throw new Error('not prepared');
    const whole = {};
    const eventOf = (model: string) => ({ delta: 'a', generation: generation('RUNNING', { model }) });
    const written = ['a', 'a', 'b'].map((model) => {
      const writer = createEventWriter(selection);
      const shown = eventOf(model);
      writer.executed(shown, { data: { generation: { delta: '', generation: { id: 'g', model } } } });
      return writer.text(shown, whole);
    });
    const expected = (model: string) =>
      `{"data":{"generation":{"delta":"a","generation":{"id":"g","model":"${model}"}}}}`;
    expect(written).toEqual([expected('a'), expected('a'), expected('b')]);
  });
});

describe('a selection of events', () => {
  it.each([
    [
      "the web app's",
      `subscription ($id: ID!, $after: Int!) { generation(id: $id, after: $after) {
        offset delta cursor thinkingOffset thinkingDelta queuePosition
        generation { id status attempt finishReason canContinue error { code message } usage { duration } }
      } }`,
    ],
    ['one with a condition', 'subscription { generation(id: "x") { offset @skip(if: true) delta } }'],
    [
      'one with a condition below an object',
      'subscription { generation(id: "x") { generation { usage { duration @skip(if: true) } } } }',
    ],
    [
      'one with a fragment',
      'subscription { generation(id: "x") { ...f } } fragment f on GenerationEvent { delta }',
    ],
  ])('can be prepared: %s', (_name, one) => {
    expect(validate(schema, parse(one))).toEqual([]);
    expect(compile(one)).not.toBeNull();
  });

  it.each([
    ['a field that loads something', 'subscription { generation(id: "x") { generation { text } } }'],
    [
      'a field below an object that loads',
      'subscription { generation(id: "x") { generation { message { id } } } }',
    ],
    ['a position that may change', 'subscription { generation(id: "x") { generation { queuePosition } } }'],
    [
      'such a field in a fragment',
      'subscription { generation(id: "x") { generation { ...f } } } fragment f on Generation { text }',
    ],
    ['another subscription', 'subscription { conversationChanged { kind } }'],
  ])("can't be prepared with %s", (_name, one) => {
    expect(validate(schema, parse(one))).toEqual([]);
    expect(compile(one)).toBeNull();
  });

  it("can't be prepared with another directive", () => {
    expect(compile('subscription { generation(id: "x") { delta ... @defer { offset } } }')).toBeNull();
    expect(compile('subscription { generation(id: "x") { generation { ... @defer { id } } } }')).toBeNull();
  });
});
