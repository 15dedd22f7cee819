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

/** Items that a page has unless its size is asked for; also taken for lists that nobody bounds. */
const usualLength = 20;
/** What a mutation costs beside its payload: it writes. */
const mutationCost = 10;
/** What a search costs beside its results: it reads an index for each of its words. */
const searchCost = 500;
/**
 * What each id of `nodes`, and each reference of a gateway, costs beside its fields: it is looked up, or is an error. A
 * gateway sends up to 1,000 references.
 */
const lookupCosts = { ids: 20, representations: 10 } as const;

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The fields that an operation's answer could have: each counts 1, those in a list as often as it may be long. A
 * connection counts by its `first` or `last`, so its `edges` are not counted again. A search, a mutation and
 * a lookup by id cost more. Arguments are read as they were
 * written, without the work of resolving what they name; so the plugin of the schema's builder isn't used for this.
 */
export const costOf = ({ schema, document, operation, variables }: Operation): number => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  // What is spread many times is counted once: fragments that each spread the next twice would take for ever.
  const counted = new Map<SelectionSetNode, Map<GraphQLNamedType, number>>();

  const costOfField = (field: FieldNode, parent: GraphQLNamedType): number => {
    const known = fieldsOf(parent)?.[field.name.value];
    if (!known) return 1;
    const isSearch = Boolean(argumentOf(field, 'search', variables));
    const argument = (name: string) => argumentOf(field, name, variables);
    const own =
      (parent === schema.getMutationType() ? mutationCost : 1) +
      (isSearch ? searchCost : 0) +
      lookupCosts.ids * itemsOf(argument('ids')) +
      lookupCosts.representations * itemsOf(argument('representations'));
    if (!field.selectionSet) return own;
    const each = costOfSelections(field.selectionSet, getNamedType(known.type));
    return own + each * lengthOf(known, argument);
  };

  const costOfSelections = (selections: SelectionSetNode, type: GraphQLNamedType): number => {
    const before = counted.get(selections)?.get(type);
    if (before !== undefined) return before;
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
    counted.set(selections, (counted.get(selections) ?? new Map<GraphQLNamedType, number>()).set(type, cost));
    return cost;
  };

  const root = schema.getRootType(operation.operation);
  return root ? costOfSelections(operation.selectionSet, root) : 0;
};

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

/** How often what is asked of a field may come. */
const lengthOf = ({ type }: GraphQLField<unknown, unknown>, argument: (name: string) => unknown): number => {
  const { name } = getNamedType(type);
  if (name.endsWith('Connection')) {
    const size = argument('first') ?? argument('last');
    return typeof size === 'number' ? Math.min(Math.max(size, 0), pageSizeLimit) : usualLength;
  }
  if (!isListType(getNullableType(type)) || name.endsWith('Edge')) return 1;
  const asked = argument('ids') ?? argument('representations');
  return Array.isArray(asked) ? asked.length : usualLength;
};

const itemsOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
