import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';

/** A named part of a schema: a type, a field, an argument or a value. */
export interface Coordinate {
  /** As the RFC on schema coordinates writes it: `Type`, `Type.field`, `Type.field(argument:)`. */
  readonly name: string;
  readonly description?: string | null;
  /** Null unless it is deprecated. */
  readonly deprecationReason?: string | null;
}

const membersOf = (type: GraphQLNamedType): readonly Coordinate[] => {
  if (isEnumType(type)) {
    return type.getValues().map((value) => ({ ...value, name: `${type.name}.${value.name}` }));
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) => ({ ...field, name: `${type.name}.${field.name}` }));
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const name = `${type.name}.${field.name}`;
    const args = field.args.map((argument) => ({ ...argument, name: `${name}(${argument.name}:)` }));
    return [{ ...field, name }, ...args];
  });
};

/** Returns all coordinates of a schema, without GraphQL's own types. */
export const coordinatesOf = (schema: GraphQLSchema): readonly Coordinate[] =>
  Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap((type) => [{ name: type.name, description: type.description }, ...membersOf(type)]);
