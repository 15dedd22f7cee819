import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  getVariableValues,
  Kind,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { Failure } from '../../failures.ts';

/** What an operation may cost, and what it does: the fields that its answer could have, with lists at their full length. */
export interface Cost {
  readonly requested: number;
  readonly limit: number;
}

/**
 * Refuses operations that cost too much (`TOO_COMPLEX`), and says in `extensions.cost` of the first result what one
 * does. What a field costs is said where it is defined, else by `costOf` of the builder.
 */
export const useCost = (limit: number): Plugin => ({
  onExecute({ args, setResultAndStopExecution }) {
    const cost = costOf(args, limit);
    if (!cost) return;
    if (cost.requested > limit) {
      setResultAndStopExecution({ errors: [tooDear(cost)] });
      return;
    }
    return {
      onExecuteDone({ result, setResult }) {
        if (isAsyncIterable(result)) return { onNext: inFirst(cost) };
        setResult(withCost(result, cost));
      },
    };
  },
  onSubscribe({ args, setResultAndStopExecution }) {
    const cost = costOf(args, limit);
    if (!cost) return;
    if (cost.requested > limit) {
      setResultAndStopExecution({ errors: [tooDear(cost)] });
      return;
    }
    return { onSubscribeResult: () => ({ onNext: inFirst(cost) }) };
  },
});

/** Null where execution itself will say what is wrong: no such operation, or variables that don't fit. */
const costOf = (args: Partial<ExecutionArgs>, limit: number): Cost | null => {
  const { schema, document, operationName, variableValues, contextValue } = args;
  const operation = document && getOperationAST(document, operationName);
  if (!schema || !operation) return null;
  const variables = { ...variableValues };
  if (getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors) return null;
  const only: DocumentNode = {
    ...document,
    definitions: [operation, ...document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)],
  };
  const ctx = typeof contextValue === 'object' && contextValue !== null ? contextValue : {};
  return { requested: complexityFromQuery(only, { schema, ctx, variables }).complexity, limit };
};

const tooDear = (cost: Cost) =>
  new Failure(
    'TOO_COMPLEX',
    `This operation costs ${cost.requested}, and ${cost.limit} is what one may. Ask for fewer fields, or for shorter pages by first or last.`,
    { cost },
  );

const withCost = (result: ExecutionResult, cost: Cost): ExecutionResult => ({
  ...result,
  extensions: { ...result.extensions, cost },
});

/** The first result of a stream alone: its events are many, and their size counts. */
const inFirst = (cost: Cost) => {
  let isFirst = true;
  return ({
    result,
    setResult,
  }: {
    result: ExecutionResult;
    setResult: (result: ExecutionResult) => void;
  }) => {
    if (isFirst) setResult(withCost(result, cost));
    isFirst = false;
  };
};
