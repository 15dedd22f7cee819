import { type DocumentNode, Kind, type OperationDefinitionNode, visit } from 'graphql';
import {
  type EventSelection,
  type PreparableEvents,
  type SubscriptionRequest,
  selectionOf,
} from './eventSelection.ts';

/** The compiled selections of one operation. */
interface Compiled {
  /** The variables that conditions (`@skip`, `@include`) depend on. */
  readonly variables: readonly string[];
  /** By the values of those variables. */
  readonly selections: Map<string, EventSelection | null>;
}

/** Maximum selections that are kept of one operation. Variables make more possible. */
const maxSelections = 16;

/**
 * Compiles the selections of subscriptions, once per document and values of its conditions: readers with the same selection
 * share the object.
 */
export const createEventSelections = (events: PreparableEvents) => {
  // Yoga caches parsed documents, so a repeated operation is the same object.
  const known = new WeakMap<DocumentNode, Map<OperationDefinitionNode, Compiled>>();

  return (request: SubscriptionRequest): EventSelection | null => {
    const { document, operation, variables } = request;
    const ofDocument = known.get(document) ?? new Map<OperationDefinitionNode, Compiled>();
    known.set(document, ofDocument);
    const compiled = ofDocument.get(operation) ?? {
      variables: conditionsOf(document),
      selections: new Map(),
    };
    ofDocument.set(operation, compiled);
    const values = JSON.stringify(compiled.variables.map((name) => variables[name]));
    const found = compiled.selections.get(values);
    if (found !== undefined) return found;
    const selection = selectionOf(request, events);
    if (compiled.selections.size < maxSelections) compiled.selections.set(values, selection);
    return selection;
  };
};

/** Returns the names of the variables in the directives of a document. */
const conditionsOf = (document: DocumentNode): readonly string[] => {
  const names = new Set<string>();
  visit(document, {
    Directive({ arguments: given = [] }) {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
};
