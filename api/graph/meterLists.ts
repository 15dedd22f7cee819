import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
} from 'graphql';
import type { Context } from './context.ts';

/** Whether a field loads many objects: a list, or a connection, which Relay's rules name so. */
const loadsMany = ({ type, resolve }: GraphQLField<unknown, Context>): boolean => {
  const named = getNamedType(type);
  if (!resolve || resolve === defaultFieldResolver || isLeafType(named)) return false;
  return isListType(getNullableType(type)) || named.name.endsWith('Connection');
};

/**
 * Lets the fields that load many objects take turns, and count what they load: fields of one document otherwise load
 * side by side, each as much as an answer may have.
 */
export const meterLists = (schema: GraphQLSchema): GraphQLSchema => {
  const subscription = schema.getSubscriptionType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type === subscription || type.name.startsWith('__')) continue;
    // Its edges are loaded with it.
    if (type.name.endsWith('Connection')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!resolve || !loadsMany(field)) continue;
      field.resolve = (root, args, context: Context, info) => {
        // Absent where the schema is executed by itself, without a transport.
        const { meter }: Partial<Context> = context;
        const load = () => resolve(root, args, context, info);
        return meter ? meter.load(load) : load();
      };
    }
  }
  return schema;
};
