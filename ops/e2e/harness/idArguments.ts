import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { valueFor } from './values.ts';

/** An argument, or a field of an input, that takes an id. */
export interface IdArgument {
  /** Such as `Mutation.deleteConversation(input.id)`. */
  readonly name: string;
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  /** The path from the argument's name to the id; list items have no segment. */
  readonly path: readonly string[];
}

/** Returns whether the value is only echoed in the payload and identifies no object. */
const isEcho = (path: readonly string[]): boolean => path.at(-1) === 'clientMutationId';

const pathsIn = (name: string, type: GraphQLInputType): readonly (readonly string[])[] => {
  const named = getNamedType(type);
  if (named.name === 'ID' || named.name === '_Any') return [[name]];
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).flatMap((field) =>
    pathsIn(field.name, field.type).map((path) => [name, ...path]),
  );
};

/** Returns every argument and input field of a schema that takes an id. */
export const idArgumentsOf = (schema: GraphQLSchema): readonly IdArgument[] =>
  Object.values(schema.getTypeMap())
    .filter((type): type is GraphQLObjectType => isObjectType(type) && !isIntrospectionType(type))
    .flatMap((parent) =>
      Object.values(parent.getFields()).flatMap((field) =>
        field.args
          .flatMap(({ name, type }) => pathsIn(name, type))
          .filter((path) => !isEcho(path))
          .map((path) => ({
            name: `${parent.name}.${field.name}(${path.join('.')})`,
            parent,
            field,
            path,
          })),
      ),
    );

export interface Call {
  /** The field with its arguments as variables, such as `deleteConversation(input: $input) { __typename }`. */
  readonly selection: string;
  /** Such as `$input: DeleteConversationInput!`. */
  readonly definitions: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Creates a call of the field with `id`, the required arguments, and `moreInput` added to the input. */
export const callWith = (
  { field, path }: IdArgument,
  id: unknown,
  moreInput: Readonly<Record<string, unknown>> = {},
): Call => {
  const [first] = path;
  const used = field.args.filter(({ name, type }) => name === first || isNonNullType(type));
  const variables = used.map(
    (argument) => [argument.name, argumentValue(argument, path, id, moreInput)] as const,
  );
  const selected = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
  return {
    selection: `${field.name}(${used.map(({ name }) => `${name}: $${name}`).join(', ')})${selected}`,
    definitions: used.map(({ name, type }) => `$${name}: ${type}`).join(', '),
    variables: Object.fromEntries(variables),
  };
};

const argumentValue = (
  { name, type }: GraphQLArgument,
  path: readonly string[],
  id: unknown,
  moreInput: Readonly<Record<string, unknown>>,
): unknown => {
  if (name !== path[0]) return valueFor(type);
  const put = (inner: GraphQLInputType, rest: readonly string[]): unknown => {
    const bare = getNullableType(inner);
    if (isListType(bare)) return [put(bare.ofType, rest)];
    const [next, ...further] = rest;
    const field = next !== undefined && isInputObjectType(bare) ? bare.getFields()[next] : undefined;
    if (next === undefined || !field) return id;
    return { ...(valueFor(bare) as object), [next]: put(field.type, further) };
  };
  const value = put(type, path.slice(1));
  return path.length > 1 ? { ...(value as object), ...moreInput } : value;
};
