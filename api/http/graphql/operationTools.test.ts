import { buildSchema, isInputObjectType } from 'graphql';
import { roles } from '../../access/user.ts';
import type { Viewer } from '../../access/viewer.ts';
import { createOperationTools } from './operationTools.ts';
import type { TrustedResult } from './trustedOperation.ts';

const schema = buildSchema(`
  scalar DateTime
  scalar Upload
  enum Order { UP DOWN }
  input Filter { "The words." words: [String!]! order: Order = UP not: Filter }
  input Choice @oneOf { id: ID name: String }
  input Large { "${'x'.repeat(20_000)}" text: String }
  directive @defer on FRAGMENT_SPREAD | INLINE_FRAGMENT
  type Query {
    find(filter: Filter, first: Int!, since: DateTime, deep: Boolean): Int
    choose(choice: Choice, large: Large): Int
  }
  type Mutation { put(file: Upload, text: String!): Int }
  type Subscription { tick: Int }
`);

const never = new AbortController().signal;
const viewer = { user: { id: 'me' } } as Viewer;

describe('tools of operations', () => {
  const ran: unknown[] = [];
  const create = (document: string, result: TrustedResult = { data: null, errors: [] }) =>
    createOperationTools(
      {
        path: 'tools.yaml',
        operations: [{ name: 'find', description: 'Finds.', roles, timeoutMs: 1_000, source: { document } }],
      },
      {
        schema,
        costLimit: 100,
        findDocument: async (id) => (id === 'known' ? '{ find(first: 1) }' : undefined),
        run: async (operation) => {
          ran.push(operation);
          return result;
        },
      },
    ).then(([tool]) => {
      if (!tool) throw new Error('there is no tool');
      return tool;
    });

  it('take the variables as their parameters', async () => {
    const tool = await create(
      `query ($filter: Filter, $first: Int = 5, $since: DateTime, $deep: Boolean!) {
        find(filter: $filter, first: $first, since: $since, deep: $deep)
      }`,
    );
    expect(tool.isReadOnly).toBe(true);
    const { parameters } = await tool.describe(never);
    const filter = {
      type: 'object',
      properties: {
        words: { type: 'array', items: { type: 'string' }, description: 'The words.' },
        order: { type: 'string', enum: ['UP', 'DOWN'] },
        not: { type: 'object' },
      },
      required: ['words'],
      additionalProperties: false,
    };
    expect(parameters).toEqual({
      type: 'object',
      properties: {
        filter,
        first: { type: 'integer', default: 5 },
        since: { type: 'string', format: 'date-time' },
        deep: { type: 'boolean' },
      },
      required: ['deep'],
      additionalProperties: false,
    });
  });

  it('tell the model the bounds of the arguments that variables are used for', async () => {
    const [first] =
      schema
        .getQueryType()
        ?.getFields()
        .find?.args.filter(({ name }) => name === 'first') ?? [];
    const filter = schema.getType('Filter');
    const words = isInputObjectType(filter) ? filter.getFields().words : undefined;
    if (!first || !words) throw new Error('the schema has changed');
    const before = [first.extensions, words.extensions] as const;
    try {
      first.extensions = { bounds: { min: 1, max: 50 } };
      words.extensions = { bounds: { maxItems: 3 } };
      const tool = await create(
        'query ($first: Int!, $words: [String!]!) { find(first: $first, filter: { words: $words }) }',
      );
      expect((await tool.describe(never)).parameters.properties).toEqual({
        first: { type: 'integer', minimum: 1, maximum: 50 },
        words: { type: 'array', items: { type: 'string' }, maxItems: 3 },
      });
    } finally {
      [first.extensions, words.extensions] = before;
    }
  });

  it('give the model the alternatives of an input', async () => {
    const tool = await create('query ($choice: Choice!) { choose(choice: $choice) }');
    expect((await tool.describe(never)).parameters.properties).toEqual({
      choice: {
        type: 'object',
        properties: { id: { type: 'string' }, name: { type: 'string' } },
        required: [],
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: false,
      },
    });
  });

  it('wait for the user if they are mutations', async () => {
    expect((await create('mutation ($text: String!) { put(text: $text) }')).isReadOnly).toBe(false);
  });

  it('run the document with the arguments, and return data and errors', async () => {
    const document = 'query ($first: Int!) { find(first: $first) }';
    const errors = [{ code: 'FORBIDDEN', message: 'No.', field: 'other' }];
    const within = errors.map((error) => ({ ...error, field: 'find' }));
    const tool = await create(document, { data: { find: 3 }, errors: within });
    expect(await tool.call({ first: 2 }, { viewer, callId: 'x.1', signal: never })).toEqual({
      text: '{"find":3}\nFORBIDDEN: No.',
      isError: false,
    });
    expect(ran).toEqual([{ viewer, query: document, variables: { first: 2 }, callId: 'x.1', signal: never }]);
    const failed = await create(document, { data: { find: 3, other: null }, errors });
    expect(await failed.call({}, { viewer, callId: 'x.1', signal: never })).toEqual({
      text: '{"find":3,"other":null}\nFORBIDDEN: No.',
      isError: true,
    });
    const failing = await create(document, { errors });
    expect(await failing.call({}, { viewer, callId: 'x.1', signal: never })).toEqual({
      text: 'FORBIDDEN: No.',
      isError: true,
    });
  });

  it.each(['INTERNAL', 'SERVICE_UNAVAILABLE'])(
    'tell that a mutation which failed with %s may have written',
    async (code) => {
      const data = { put: null };
      const errors = [{ code, message: 'Try again.', field: 'put' }];
      const call = { viewer, callId: 'x.1', signal: never };
      const tool = await create('mutation { put(text: "a") }', { data, errors });
      expect(await tool.call({}, call)).toEqual({
        text: `{"put":null}\n${code}: The field "put" ended without a result.`,
        isError: true,
        isLost: true,
      });
      // A query changes nothing, and a mutation that was rejected has not run.
      const query = await create('{ find(first: 1) }', { data: { find: null }, errors });
      expect(await query.call({}, call)).not.toHaveProperty('isLost');
      const rejected = await create('mutation { put(text: "a") }', {
        errors: [{ code, message: 'Try again.', field: null }],
      });
      expect(await rejected.call({}, call)).toEqual({ text: `${code}: Try again.`, isError: true });
    },
  );

  it.each([
    ['{ find(', /the operation find is not valid GraphQL: /],
    ['{ lost }', /the operation find does not match the schema: Cannot query field "lost"/],
    ['query A { find(first: 1) } query B { find(first: 1) }', /the operation find must have one operation/],
    ['subscription { tick }', /the operation find must be a query or a mutation/],
    [`{ find(first: 1) @include(if: true) ... @defer { find(first: 1) } }`, /must not use @defer/],
    [
      'query ($large: Large!) { choose(large: $large) }',
      /JSON Schema has \d+ characters; it may have at most/,
    ],
    [
      `{ ${Array.from({ length: 101 }, (_, index) => `f${index}: find(first: 1)`).join(' ')} }`,
      /costs at least 101, and the limit is 100/,
    ],
    ['mutation ($file: Upload) { put(file: $file, text: "a") }', /a variable of the type Upload/],
  ])('reject %s', async (document, message) => {
    await expect(create(document)).rejects.toThrow(message);
  });
});
