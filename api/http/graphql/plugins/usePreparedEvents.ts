import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FieldNode,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNullableType,
  isLeafType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { generationEventFields } from '../../../generations/watch/eventFields.ts';
import { selectOperation } from './executedOperation.ts';

/** Which fields of a subscription's events are known well enough to prepare them. */
export interface PreparableEvents {
  /** The field of `Subscription`. */
  readonly field: string;
  /** Fields of the event that are properties of the same name. */
  readonly properties: readonly string[];
  /** Fields of the event that are objects, with those of their fields that depend on nothing but the object's identity. */
  readonly objects: Readonly<Record<string, readonly string[]>>;
}

/** The selection of an event. */
export interface EventSelection {
  /** The name of the root field in the response. */
  readonly key: string;
  /** In the order of the response. */
  readonly fields: readonly SelectedField[];
}

interface SelectedField {
  /** The name in the response. */
  readonly key: string;
  readonly property: string;
  /** Of a scalar or an enum. `null`: an object, or `__typename`, whose value is that of the event before. */
  readonly leaf: { readonly type: GraphQLLeafType; readonly isNullable: boolean } | null;
}

type Data = Record<string, unknown>;
type Item<Value> = IteratorResult<Value, void>;

/**
 * Executes the first event of a subscription with graphql-js, which checks scopes and calls resolvers, and prepares the
 * later ones from their properties: graphql-js takes most of the time of an event. The results are equal, byte for byte. An
 * event whose object is another one than before, or whose values don't fit, is executed too. So are all events of
 * subscriptions that select anything else, or have directives.
 */
export const usePreparedEvents = (events: PreparableEvents = generationEventFields): Plugin => {
  // Yoga caches parsed documents, so a repeated operation is the same object.
  const known = new WeakMap<OperationDefinitionNode, EventSelection | null>();

  return {
    onSubscribe({ args, setSubscribeFn }) {
      const selected = selectOperation(args);
      if (!selected) return;
      const { schema, document, operation } = selected;
      let selection = known.get(operation);
      if (selection === undefined) {
        // A fragment could be another one in another document.
        const hasFragments = document.definitions.some(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
        selection = hasFragments ? null : selectionOf(schema, operation, events);
        known.set(operation, selection);
      }
      if (!selection) return;
      const prepared = selection;
      setSubscribeFn(async (executed) => subscribe(executed as ExecutionArgs, prepared));
    },
  };
};

const subscribe = async (
  args: ExecutionArgs,
  selection: EventSelection,
): Promise<AsyncGenerator<ExecutionResult, void, undefined> | ExecutionResult> => {
  const source = await createSourceEventStream(args);
  if (!isAsyncIterable(source)) return source;
  const events = source[Symbol.asyncIterator]() as AsyncGenerator<object, void, undefined>;
  const dataOf = createEventData(selection);

  const resultOf = async (event: object): Promise<ExecutionResult> => {
    const result = (await execute({ ...args, rootValue: event })) as ExecutionResult;
    dataOf.executed(event, result);
    return result;
  };
  const toResult = (next: Item<object>): Item<ExecutionResult> | Promise<Item<ExecutionResult>> => {
    if (next.done) return next;
    const data = dataOf.prepare(next.value);
    if (data) return { done: false, value: { data } };
    return resultOf(next.value).then((value) => ({ done: false, value }));
  };

  const stream: AsyncGenerator<ExecutionResult, void, undefined> = {
    next: () => events.next().then(toResult),
    async return() {
      await events.return();
      return { done: true, value: undefined };
    },
    async throw(error) {
      await events.throw(error);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => stream,
    async [Symbol.asyncDispose]() {
      await events.return();
    },
  };
  return stream;
};

/** Prepares the data of the events of one subscription. */
export interface EventData {
  /** Learns from an event that graphql-js executed. */
  executed(event: object, result: ExecutionResult): void;
  /** Returns the data of an event; null if graphql-js must execute it. */
  prepare(event: object): Data | null;
}

export const createEventData = ({ key, fields }: EventSelection): EventData => {
  let last: { readonly event: Data; readonly data: Data } | null = null;

  return {
    executed(event, { data, errors }) {
      const shown = errors ? null : data?.[key];
      last = shown ? { event: event as Data, data: shown as Data } : null;
    },
    prepare(given) {
      if (!last) return null;
      const event = given as Data;
      const shown: Data = Object.create(null);
      for (const { key: name, property, leaf } of fields) {
        if (leaf === null) {
          if (event[property] !== last.event[property]) return null;
          shown[name] = last.data[name];
          continue;
        }
        const value = event[property];
        if (value === null || value === undefined) {
          if (!leaf.isNullable) return null;
          shown[name] = null;
          continue;
        }
        try {
          shown[name] = leaf.type.serialize(value);
        } catch {
          return null;
        }
      }
      const data: Data = Object.create(null);
      data[key] = shown;
      return data;
    },
  };
};

/** Returns the selection of the events of an operation; null if it can't be prepared. */
export const selectionOf = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  { field, properties, objects }: PreparableEvents,
): EventSelection | null => {
  const [root, ...others] = operation.selectionSet.selections;
  if (others.length > 0 || root?.kind !== Kind.FIELD || root.name.value !== field) return null;
  if (hasDirectives(operation) || hasDirectives(root) || !root.selectionSet) return null;
  const declared = schema.getSubscriptionType()?.getFields()[field];
  const type = declared && getNullableType(declared.type);
  if (!isObjectType(type)) return null;
  const selected = fieldsOf(root.selectionSet, [type]);
  if (!selected) return null;

  const fields = new Map<string, SelectedField>();
  for (const node of selected) {
    const name = node.name.value;
    const key = node.alias?.value ?? name;
    if (fields.has(key) && !objects[name]) continue;
    const found = fieldOf(node, type, { properties, objects });
    if (!found) return null;
    fields.set(key, { key, ...found });
  }
  return { key: root.alias?.value ?? field, fields: [...fields.values()] };
};

const fieldOf = (
  node: FieldNode,
  type: GraphQLObjectType,
  { properties, objects }: Pick<PreparableEvents, 'properties' | 'objects'>,
): Omit<SelectedField, 'key'> | null => {
  const name = node.name.value;
  // The event has no such property, so it is always the same as before.
  if (name === '__typename') return { property: '__typename', leaf: null };
  const declared = type.getFields()[name];
  if (!declared) return null;
  const nullable = getNullableType(declared.type);
  if (properties.includes(name) && isLeafType(nullable)) {
    return { property: name, leaf: { type: nullable, isNullable: nullable === declared.type } };
  }
  const stable = Object.hasOwn(objects, name) ? objects[name] : undefined;
  if (!stable || !isObjectType(nullable) || !node.selectionSet) return null;
  const inner = fieldsOf(node.selectionSet, [nullable, ...nullable.getInterfaces()]);
  if (!inner) return null;
  const isStable = (field: FieldNode) =>
    (field.name.value === '__typename' || stable.includes(field.name.value)) && hasNoDirectives(field);
  return inner.every(isStable) ? { property: name, leaf: null } : null;
};

/** Returns the fields of a selection, those in inline fragments on `types` included; null if it has anything else. */
const fieldsOf = (
  { selections }: SelectionSetNode,
  types: readonly { readonly name: string }[],
): readonly FieldNode[] | null => {
  const fields: FieldNode[] = [];
  for (const selection of selections) {
    if (hasDirectives(selection) || selection.kind === Kind.FRAGMENT_SPREAD) return null;
    if (selection.kind === Kind.FIELD) {
      fields.push(selection);
      continue;
    }
    const on = selection.typeCondition?.name.value;
    if (on !== undefined && !types.some(({ name }) => name === on)) return null;
    const inner = fieldsOf(selection.selectionSet, types);
    if (!inner) return null;
    fields.push(...inner);
  }
  return fields;
};

const hasDirectives = ({ directives = [] }: { readonly directives?: readonly unknown[] }): boolean =>
  directives.length > 0;

/** Whether there is no directive at a field or below it. */
const hasNoDirectives = (field: FieldNode): boolean =>
  !hasDirectives(field) &&
  (field.selectionSet?.selections ?? []).every(
    (selection) => selection.kind === Kind.FIELD && hasNoDirectives(selection),
  );
