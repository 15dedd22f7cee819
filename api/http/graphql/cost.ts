import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import { pageSizeLimit } from '../../paging/pages.ts';

/** The default page size; also the assumed length of lists without a bound. */
const defaultLength = 20;
/** The cost of a mutation beside its payload: it writes. */
const mutationCost = 10;
/** The cost of a search beside its results: it reads an index for each word. */
const searchCost = 500;
/**
 * The cost of each id of `nodes` and each reference of a gateway, beside its fields: each is looked up or is an error.
 * Gateways send up to 1,000 references.
 */
const lookupCosts = { ids: 20, representations: 10 } as const;

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Returns the cost of an operation: the maximum number of fields in its response. A field in a list counts once per item.
 * A connection counts by its `first` or `last`, so its `edges` aren't counted again. Searches, mutations, lookups by id and
 * fields with a `cost` in their extensions cost more.
 *
 * Arguments are read without coercing them, which is cheaper than Pothos' complexity plugin.
 */
export const costOf = ({ schema, document, operation, variables }: Operation): number => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  // Memoized: fragments that each spread the next one twice would take exponential time.
  const memo = new Map<SelectionSetNode, Map<GraphQLNamedType, number>>();

  const costOfField = (field: FieldNode, parent: GraphQLNamedType): number => {
    const known = fieldsOf(parent)?.[field.name.value];
    if (!known) return 1;
    const isSearch = Boolean(argumentOf(field, 'search', variables));
    const argument = (name: string) => argumentOf(field, name, variables);
    const ownCost =
      (parent === schema.getMutationType() ? mutationCost : fieldCostOf(known)) +
      (isSearch ? searchCost : 0) +
      lookupCosts.ids * itemsOf(argument('ids')) +
      lookupCosts.representations * itemsOf(argument('representations'));
    if (!field.selectionSet) return ownCost;
    const costPerItem = costOfSelections(field.selectionSet, getNamedType(known.type));
    return ownCost + costPerItem * lengthOf(known, argument);
  };

  const costOfSelections = (selections: SelectionSetNode, type: GraphQLNamedType): number => {
    const known = memo.get(selections)?.get(type);
    if (known !== undefined) return known;
    let cost = 0;
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) cost += costOfField(selection, type);
      else {
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        const on = fragment?.typeCondition && schema.getType(fragment.typeCondition.name.value);
        if (fragment) cost += costOfSelections(fragment.selectionSet, on ?? type);
      }
    }
    memo.set(selections, (memo.get(selections) ?? new Map<GraphQLNamedType, number>()).set(type, cost));
    return cost;
  };

  const root = schema.getRootType(operation.operation);
  return root ? costOfSelections(operation.selectionSet, root) : 0;
};

/** Returns the cost that a field declares in its extensions, or 1. */
const fieldCostOf = ({ extensions }: GraphQLField<unknown, unknown>): number =>
  typeof extensions.cost === 'number' ? extensions.cost : 1;

const fieldsOf = (type: GraphQLNamedType) =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields() : undefined;

const argumentOf = (
  { arguments: given = [] }: FieldNode,
  name: string,
  variables: Operation['variables'],
) => {
  const value = given.find((argument) => argument.name.value === name)?.value;
  return value && valueFromASTUntyped(value, variables);
};

/** Returns the maximum number of items of a field: 1 unless it is a list or a connection. */
const lengthOf = (
  { type, extensions }: GraphQLField<unknown, unknown>,
  argument: (name: string) => unknown,
): number => {
  const { name } = getNamedType(type);
  if (name.endsWith('Connection')) {
    const size = argument('first') ?? argument('last');
    return typeof size === 'number' ? Math.min(Math.max(size, 0), pageSizeLimit) : defaultLength;
  }
  if (!isListType(getNullableType(type)) || name.endsWith('Edge')) return 1;
  const ids = argument('ids') ?? argument('representations');
  if (Array.isArray(ids)) return ids.length;
  return typeof extensions.maxItems === 'number' ? extensions.maxItems : defaultLength;
};

const itemsOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
