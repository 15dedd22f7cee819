import { buildSchema } from 'graphql';
import { roles } from '../../access/user.ts';
import type { Viewer } from '../../access/viewer.ts';
import { createOperationTools } from './operationTools.ts';
import type { TrustedResult } from './trustedOperation.ts';

const schema = buildSchema(`
  scalar DateTime
  scalar Upload
  enum Order { UP DOWN }
  input Filter { "The words." words: [String!]! order: Order = UP not: Filter }
  type Query { find(filter: Filter, first: Int!, since: DateTime, deep: Boolean): Int }
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

  it('wait for the user if they are mutations', async () => {
    expect((await create('mutation ($text: String!) { put(text: $text) }')).isReadOnly).toBe(false);
  });

  it('run the document with the arguments, and return data and errors', async () => {
    const document = 'query ($first: Int!) { find(first: $first) }';
    const errors = [{ code: 'FORBIDDEN', message: 'No.' }];
    const tool = await create(document, { data: { find: 3 }, errors });
    expect(await tool.call({ first: 2 }, { viewer, signal: never })).toEqual({
      text: '{"find":3}\nFORBIDDEN: No.',
      isError: false,
    });
    expect(ran).toEqual([{ viewer, query: document, variables: { first: 2 }, signal: never }]);
    const failing = await create(document, { errors });
    expect(await failing.call({}, { viewer, signal: never })).toEqual({
      text: 'FORBIDDEN: No.',
      isError: true,
    });
  });

  it.each([
    ['{ find(', /the operation find is not valid GraphQL: /],
    ['{ lost }', /the operation find does not match the schema: Cannot query field "lost"/],
    ['query A { find(first: 1) } query B { find(first: 1) }', /the operation find must have one operation/],
    ['subscription { tick }', /the operation find must be a query or a mutation/],
    ['mutation ($file: Upload) { put(file: $file, text: "a") }', /a variable of the type Upload/],
  ])('reject %s', async (document, message) => {
    await expect(create(document)).rejects.toThrow(message);
  });
});
