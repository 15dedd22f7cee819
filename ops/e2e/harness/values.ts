import {
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';

const simple: Readonly<Record<string, unknown>> = { Int: 1, Float: 1, Boolean: true, JSON: {} };

/** Returns a valid value of an input type, for variables. Input objects get only their required fields. */
export const valueFor = (type: GraphQLInputType, text = 'any text'): unknown => {
  const bare = getNullableType(type);
  if (isListType(bare)) return [valueFor(bare.ofType, text)];
  if (isEnumType(bare)) return bare.getValues()[0]?.name;
  if (bare.name === 'DateTime') return new Date(0).toISOString();
  if (!isInputObjectType(bare)) return simple[bare.name] ?? text;
  const required = Object.values(bare.getFields()).filter((field) => isNonNullType(field.type));
  return Object.fromEntries(required.map((field) => [field.name, valueFor(field.type, text)]));
};
