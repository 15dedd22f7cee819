import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  getVariableValues,
  Kind,
  separateOperations,
} from 'graphql';

type Operation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

/**
 * Returns what is executed: the selected operation with the fragments that it uses, and the values of its variables, the
 * defaults of those that the request leaves out included.
 */
export const executedOperation = (args: Operation): Pick<Operation, 'document' | 'variableValues'> => {
  const { schema, document, operationName, variableValues } = args;
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const { coerced = variableValues } = getVariableValues(schema, definitions, { ...variableValues });
  return { document: selectedOperation(document, operationName), variableValues: coerced };
};

const selectedOperation = (document: DocumentNode, operationName: Operation['operationName']) => {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return operations.length > 1 ? (separateOperations(document)[operationName ?? ''] ?? document) : document;
};
