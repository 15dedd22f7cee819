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

/** Whether a field loads many objects: a list, or a connection, which Relay requires to be named `…Connection`. */
const loadsMany = ({ type, resolve }: GraphQLField<unknown, Context>): boolean => {
  const named = getNamedType(type);
  if (!resolve || resolve === defaultFieldResolver || isLeafType(named)) return false;
  return isListType(getNullableType(type)) || named.name.endsWith('Connection');
};

/**
 * Makes all fields that load many objects load through the operation's `meter`. Otherwise the fields of one document
 * would load concurrently, each up to the maximum size of a response.
 */
export const meterListFields = (schema: GraphQLSchema): GraphQLSchema => {
  const subscription = schema.getSubscriptionType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type === subscription || type.name.startsWith('__')) continue;
    // The edges of a connection are loaded with it.
    if (type.name.endsWith('Connection')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!resolve || !loadsMany(field)) continue;
      field.resolve = (root, args, context: Context, info) => {
        // Absent when tests execute the schema without a transport.
        const { meter }: Partial<Context> = context;
        const load = () => resolve(root, args, context, info);
        return meter ? meter.load(load) : load();
      };
    }
  }
  return schema;
};
