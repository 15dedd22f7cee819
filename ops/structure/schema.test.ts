import { readFile } from 'node:fs/promises';
import {
  buildSchema,
  DEFAULT_DEPRECATION_REASON,
  execute,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  OperationTypeNode,
  parse,
  subscribe,
} from 'graphql';
import { encodeId } from '../../api/graph/globalIds.ts';
import { schema, subgraph } from '../../api/schema.ts';
import { findChanges } from '../schema/changes.ts';
import { coordinatesOf } from '../schema/coordinates.ts';
import { printedSchema, printedSubgraph, schemaFile, subgraphFile } from '../schema/printSchema.ts';

describe('the graph', () => {
  it('is the schema printed in schema/', async () => {
    expect(await readFile(schemaFile, 'utf8')).toBe(printedSchema());
    expect(await readFile(subgraphFile, 'utf8')).toBe(printedSubgraph());
  });

  it('is served unchanged, with the fields for gateways', () => {
    expect(findChanges(schema, subgraph)).toEqual({
      breaking: [],
      dangerous: [],
      added: [
        'Query._entities was added.',
        'Query._service was added.',
        '_Any was added.',
        '_Entity was added.',
        '_Service was added.',
      ],
      deprecated: [],
    });
  });

  const undescribed = (graph: GraphQLSchema) =>
    coordinatesOf(graph).flatMap(({ name, description }) => (description ? [] : [name]));

  it('describes every type, field, argument and value', () => {
    expect(undescribed(subgraph)).toEqual([]);
  });

  /** Returns deprecated parts whose reason doesn't say what to do instead. */
  const unexplained = (graph: GraphQLSchema) =>
    coordinatesOf(graph).flatMap(({ name, deprecationReason: reason }) =>
      typeof reason === 'string' && (reason.trim() === '' || reason === DEFAULT_DEPRECATION_REASON)
        ? [name]
        : [],
    );

  it('gives a reason for each deprecation', () => {
    expect(unexplained(subgraph)).toEqual([]);
  });

  it('fails for a missing description or reason', () => {
    const careless = buildSchema(`
      "Described." type Query { "Described." a(b: Int, "Described." c: Int @deprecated): E d: Int @deprecated(reason: " ") }
      enum E { X @deprecated Y @deprecated(reason: "Use X.") }
      input I { f: Int @deprecated }
    `);
    expect(undescribed(careless)).toEqual(['Query.a(b:)', 'Query.d', 'E', 'E.X', 'E.Y', 'I', 'I.f']);
    expect(unexplained(careless)).toEqual(['Query.a(c:)', 'Query.d', 'E.X', 'I.f']);
  });

  /** A well-formed id, which is a valid text too. */
  const someId = encodeId('Conversation', 'any');

  const simple: Readonly<Record<string, string>> = {
    Int: '1',
    Float: '1',
    Boolean: 'true',
    DateTime: '"2026-01-01T00:00:00Z"',
    Upload: '$file',
  };

  /** A file can only be a variable. */
  const variableValues = { file: new File(['any'], 'any.txt') };

  /** Returns a valid literal for a required argument. */
  const literal = (type: GraphQLInputType): string => {
    const bare = getNullableType(type);
    if (isListType(bare)) return `[${literal(bare.ofType)}]`;
    if (isEnumType(bare)) return bare.getValues()[0]?.name ?? '';
    if (!isInputObjectType(bare)) return simple[bare.name] ?? `"${someId}"`;
    const required = Object.values(bare.getFields()).filter((field) => isNonNullType(field.type));
    return `{ ${required.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`;
  };

  const documentOf = (operation: string, { name, args, type }: GraphQLField<unknown, unknown>) => {
    const required = args.filter((argument) => isNonNullType(argument.type));
    const list = required.map((argument) => `${argument.name}: ${literal(argument.type)}`).join(', ');
    const fields = isLeafType(getNamedType(type)) ? '' : '{ __typename }';
    const variables = list.includes('$file') ? '($file: Upload!)' : '';
    return parse(`${operation}${variables} { ${name}${list && `(${list})`} ${fields} }`);
  };

  const open = [
    'Query.health',
    'Query.viewer',
    'Query._service',
    'Query.singleSignOn',
    'Query.link',
    'Query.sharedConversation',
    'Mutation.signIn',
    'Mutation.acceptInvite',
    'Mutation.choosePassword',
  ];
  const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;
  const roots = [QUERY, MUTATION, SUBSCRIPTION].flatMap((operation) => {
    const type = subgraph.getRootType(operation);
    return Object.values(type?.getFields() ?? {}).map(
      (field) => [`${type?.name}.${field.name}`, operation, field] as const,
    );
  });

  it('allows only the listed fields without authentication', () => {
    expect(open.filter((name) => !roots.some(([root]) => root === name))).toEqual([]);
  });

  it.each(roots.filter(([name]) => !open.includes(name)))(
    'rejects %s without authentication',
    async (_name, operation, field) => {
      const run = operation === SUBSCRIPTION ? subscribe : execute;
      const contextValue = { viewer: null };
      const result = await run({
        schema: subgraph,
        document: documentOf(operation, field),
        contextValue,
        variableValues,
      });
      expect(result).toMatchObject({ errors: [{ originalError: { code: 'UNAUTHENTICATED' } }] });
    },
  );

  /** The fields that every API key may use, beside those without authentication. */
  const ofEveryKey = ['Query.models', 'Query.modelPulls', 'Mutation.renewConnection'];

  it.each(roots.filter(([name]) => !open.includes(name) && !ofEveryKey.includes(name)))(
    'refuses %s to an API key that has no scope for it',
    async (_name, operation, field) => {
      const run = operation === SUBSCRIPTION ? subscribe : execute;
      const contextValue = { viewer: { user: { role: 'ADMIN' }, apiKey: { id: 'key', scopes: [] } } };
      const result = await run({
        schema: subgraph,
        document: documentOf(operation, field),
        contextValue,
        variableValues,
      });
      expect(result).toMatchObject({ errors: [{ originalError: { code: 'FORBIDDEN' } }] });
    },
  );
});
