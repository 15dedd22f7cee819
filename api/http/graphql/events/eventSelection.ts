import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNullableType,
  isAbstractType,
  isLeafType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

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

export interface SelectedField {
  /** The name in the response. */
  readonly key: string;
  readonly property: string;
  /** Of a scalar or an enum. `null`: an object, or `__typename`, whose value is that of the event before. */
  readonly leaf: { readonly type: GraphQLLeafType; readonly isNullable: boolean } | null;
}

/** A subscription with the values of its variables. */
export interface SubscriptionRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What a selection is compiled with. */
interface Scope extends SubscriptionRequest {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

const fragmentsOf = ({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(
    definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );

/** Returns the selection of the events of a valid subscription; null if it can't be prepared. */
export const selectionOf = (
  request: SubscriptionRequest,
  { field, properties, objects }: PreparableEvents,
): EventSelection | null => {
  const { schema, document, operation } = request;
  const scope = { ...request, fragments: fragmentsOf(document) };
  const subscriptions = schema.getSubscriptionType();
  if (!subscriptions || operation.directives?.length) return null;
  const roots = fieldsOf(scope, [operation.selectionSet], subscriptions);
  const [[key, nodes] = []] = roots ?? [];
  const isOnly = roots?.size === 1 && nodes?.every(({ name }) => name.value === field);
  if (!isOnly || key === undefined || !nodes) return null;
  const declared = subscriptions.getFields()[field];
  const type = declared && getNullableType(declared.type);
  if (!isObjectType(type)) return null;
  const selected = fieldsOf(scope, selectionSetsOf(nodes), type);
  if (!selected) return null;

  const fields: SelectedField[] = [];
  for (const [name, same] of selected) {
    const found = fieldOf(scope, same, type, { properties, objects });
    if (!found) return null;
    fields.push({ key: name, ...found });
  }
  return { key, fields };
};

/** `nodes` have the same name in the response. */
const fieldOf = (
  scope: Scope,
  nodes: readonly FieldNode[],
  type: GraphQLObjectType,
  { properties, objects }: Pick<PreparableEvents, 'properties' | 'objects'>,
): Omit<SelectedField, 'key'> | null => {
  const name = nodes[0]?.name.value ?? '';
  // The event has no such property, so it is always the same as before.
  if (name === '__typename') return { property: '__typename', leaf: null };
  const declared = type.getFields()[name];
  if (!declared) return null;
  const nullable = getNullableType(declared.type);
  if (properties.includes(name) && isLeafType(nullable)) {
    return { property: name, leaf: { type: nullable, isNullable: nullable === declared.type } };
  }
  const stable = Object.hasOwn(objects, name) ? objects[name] : undefined;
  if (!stable || !isObjectType(nullable)) return null;
  const inner = fieldsOf(scope, selectionSetsOf(nodes), nullable);
  if (!inner) return null;
  const isStable = (field: FieldNode) =>
    (field.name.value === '__typename' || stable.includes(field.name.value)) &&
    hasKnownDirectives(scope, field.selectionSet);
  return [...inner.values()].flat().every(isStable) ? { property: name, leaf: null } : null;
};

const selectionSetsOf = (nodes: readonly FieldNode[]): readonly SelectionSetNode[] =>
  nodes.flatMap(({ selectionSet }) => selectionSet ?? []);

/**
 * Returns the fields of selections on an object type, by their name in the response and in its order (GraphQL, 6.3.2). Null
 * if there is a directive other than `@skip` and `@include`.
 */
const fieldsOf = (
  scope: Scope,
  selectionSets: readonly SelectionSetNode[],
  type: GraphQLObjectType,
): Map<string, FieldNode[]> | null => {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): boolean =>
    selections.every((selection) => {
      const isIncluded = isIncludedIn(scope, selection);
      if (isIncluded !== true) return isIncluded !== null;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const same = fields.get(key) ?? [];
        same.push(selection);
        fields.set(key, same);
        return true;
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value;
        return !matches(scope, on, type) || collect(selection.selectionSet);
      }
      const { value: name } = selection.name;
      const fragment = scope.fragments.get(name);
      if (visited.has(name) || !fragment) return true;
      visited.add(name);
      if (fragment.directives?.length) return false;
      return !matches(scope, fragment.typeCondition.name.value, type) || collect(fragment.selectionSet);
    });
  return selectionSets.every(collect) ? fields : null;
};

/** Whether a fragment on the type `name` applies to an object of `type`. */
const matches = ({ schema }: Scope, name: string | undefined, type: GraphQLObjectType): boolean => {
  if (name === undefined || name === type.name) return true;
  const declared = schema.getType(name);
  return isAbstractType(declared) && schema.isSubType(declared, type);
};

/** Null if there is another directive, which may change the response in other ways. */
const isIncludedIn = ({ variables }: Scope, node: SelectionNode): boolean | null => {
  const { directives = [] } = node;
  if (directives.length === 0) return true;
  if (!directives.every(isCondition)) return null;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
  return skip?.if !== true && include?.if !== false;
};

const isCondition = ({ name }: DirectiveNode): boolean => name.value === 'skip' || name.value === 'include';

/** Whether all directives at or below a selection are `@skip` or `@include`, whose outcome is the same for each event. */
const hasKnownDirectives = (scope: Scope, selectionSet: SelectionSetNode | undefined): boolean =>
  (selectionSet?.selections ?? []).every((selection) => {
    if (!(selection.directives ?? []).every(isCondition)) return false;
    if (selection.kind !== Kind.FRAGMENT_SPREAD) return hasKnownDirectives(scope, selection.selectionSet);
    const fragment = scope.fragments.get(selection.name.value);
    return !fragment?.directives?.length && hasKnownDirectives(scope, fragment?.selectionSet);
  });
