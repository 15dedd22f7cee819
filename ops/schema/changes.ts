import {
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { coordinatesOf } from './coordinates.ts';

/** What differs between two schemas, a sentence each, as clients of the older one meet it. */
export interface SchemaChanges {
  /** What makes operations fail that were valid. */
  readonly breaking: readonly string[];
  /** What surprises programs that take what they get for granted, such as a new value of an enum. */
  readonly dangerous: readonly string[];
  readonly added: readonly string[];
  readonly deprecated: readonly string[];
}

const described = (changes: readonly { readonly description: string }[]) =>
  changes.map(({ description }) => description).sort();

/** Types, and fields to ask for. What else can be added, graphql-js counts among the dangerous or the breaking. */
const findAdded = (before: GraphQLSchema, after: GraphQLSchema): readonly string[] =>
  Object.values(after.getTypeMap()).flatMap((type) => {
    if (isSpecifiedScalarType(type)) return [];
    const old = before.getType(type.name);
    if (!old) return [`${type.name} was added.`];
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    const known = isObjectType(old) || isInterfaceType(old) ? old.getFields() : {};
    return Object.keys(type.getFields())
      .filter((field) => !(field in known))
      .map((field) => `${type.name}.${field} was added.`);
  });

const deprecationsOf = (schema: GraphQLSchema): readonly string[] =>
  coordinatesOf(schema).flatMap(({ name, deprecationReason }) =>
    typeof deprecationReason === 'string'
      ? [`${name} is deprecated: ${deprecationReason.replace(/\s+/g, ' ')}`]
      : [],
  );

export const findChanges = (before: GraphQLSchema, after: GraphQLSchema): SchemaChanges => {
  const known = new Set(deprecationsOf(before));
  return {
    breaking: described(findBreakingChanges(before, after)),
    dangerous: described(findDangerousChanges(before, after)),
    added: findAdded(before, after).toSorted(),
    deprecated: deprecationsOf(after)
      .filter((one) => !known.has(one))
      .toSorted(),
  };
};
