import {
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { coordinatesOf } from './coordinates.ts';

/** The differences between two schemas for clients of the older one, a sentence each. */
export interface SchemaChanges {
  /** Changes that make valid operations fail. */
  readonly breaking: readonly string[];
  /** Changes that may break programs with fixed expectations, such as a new value of an enum. */
  readonly dangerous: readonly string[];
  readonly added: readonly string[];
  readonly deprecated: readonly string[];
}

const described = (changes: readonly { readonly description: string }[]) =>
  changes.map(({ description }) => description).sort();

/** Returns added types and fields. graphql-js reports other additions as dangerous or breaking. */
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

/** Compares two schemas. */
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
