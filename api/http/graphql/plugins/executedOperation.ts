import {
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  separateOperations,
} from 'graphql';

type Operation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

/** The maximum number of errors that graphql-js reports on variables. */
const maxErrors = 50;

/** The operation that a request selects, with its coerced variables or the errors of their coercion. */
export interface SelectedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: ReturnType<typeof getVariableValues>;
}

/** By the arguments of an execution, which all plugins get. */
const selected = new WeakMap<Partial<ExecutionArgs>, SelectedOperation>();

/**
 * Returns the operation that a request selects; null if execution will report that there is none. Several plugins need its
 * variables: they are coerced once per request.
 */
export const selectOperation = (args: Partial<ExecutionArgs>): SelectedOperation | null => {
  const known = selected.get(args);
  if (known) return known;
  const { schema, document, operationName, variableValues } = args;
  const operation = document && getOperationAST(document, operationName);
  if (!schema || !operation) return null;
  const definitions = operation.variableDefinitions ?? [];
  const variables = getVariableValues(schema, definitions, { ...variableValues }, { maxErrors });
  const found = { schema, document, operation, variables };
  selected.set(args, found);
  return found;
};

/**
 * Returns what is executed: the selected operation with the fragments that it uses, and the values of its variables, the
 * defaults of those that the request leaves out included.
 */
export const executedOperation = (args: Operation): Pick<Operation, 'document' | 'variableValues'> => {
  const { document, operationName, variableValues } = args;
  const { coerced = variableValues } = selectOperation(args)?.variables ?? {};
  return { document: selectedOperation(document, operationName), variableValues: coerced };
};

const selectedOperation = (document: DocumentNode, operationName: Operation['operationName']) => {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return operations.length > 1 ? (separateOperations(document)[operationName ?? ''] ?? document) : document;
};
