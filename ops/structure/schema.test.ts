import { readFile } from 'node:fs/promises';
import {
  execute,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  OperationTypeNode,
  parse,
  subscribe,
} from 'graphql';
import { encodeId } from '../../api/globalIds.ts';
import { printedSchema, schemaFile } from '../../api/printSchema.ts';
import { schema } from '../../api/schema.ts';

describe('the graph', () => {
  it('is printed in schema/schema.graphql as the code has it', async () => {
    expect(await readFile(schemaFile, 'utf8')).toBe(printedSchema());
  });

  it('describes every type, field, argument and value', () => {
    const bare: string[] = [];
    const look = (name: string, { description }: { readonly description?: string | null }) => {
      if (!description) bare.push(name);
    };
    const lookAtArguments = (name: string, args: readonly GraphQLArgument[]) => {
      for (const argument of args) look(`${name}(${argument.name}:)`, argument);
    };
    for (const type of Object.values(schema.getTypeMap())) {
      if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
      look(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type)) {
        for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
      }
      if (isObjectType(type) || isInterfaceType(type)) {
        for (const field of Object.values(type.getFields())) {
          look(`${type.name}.${field.name}`, field);
          lookAtArguments(`${type.name}.${field.name}`, field.args);
        }
      }
    }
    expect(bare).toEqual([]);
  });

  /** Well formed, and good enough for a text too. */
  const someId = encodeId('Conversation', 'any');

  const simple: Readonly<Record<string, string>> = { Int: '1', Float: '1', Boolean: 'true' };

  /** Something that fits a required argument, as GraphQL writes it. */
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
    return parse(`${operation} { ${name}${list && `(${list})`} ${fields} }`);
  };

  const open = ['Query.health', 'Query.viewer', 'Mutation.signIn'];
  const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;
  const roots = [QUERY, MUTATION, SUBSCRIPTION].flatMap((operation) => {
    const type = schema.getRootType(operation);
    return Object.values(type?.getFields() ?? {}).map(
      (field) => [`${type?.name}.${field.name}`, operation, field] as const,
    );
  });

  it('is open to strangers in no more than it says', () => {
    expect(open.filter((name) => !roots.some(([root]) => root === name))).toEqual([]);
  });

  it.each(roots.filter(([name]) => !open.includes(name)))(
    'refuses %s to a stranger',
    async (_name, operation, field) => {
      const run = operation === SUBSCRIPTION ? subscribe : execute;
      const contextValue = { viewer: null };
      const result = await run({ schema, document: documentOf(operation, field), contextValue });
      expect(result).toMatchObject({ errors: [{ originalError: { code: 'UNAUTHENTICATED' } }] });
    },
  );
});
