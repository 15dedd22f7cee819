import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { Failure } from '../../../errors/failures.ts';
import { costOf } from '../cost.ts';
import { selectOperation } from './executedOperation.ts';

/** The cost of an operation, in fields that its response could have, and the limit. */
interface Cost {
  readonly requested: number;
  readonly limit: number;
}

/** Rejects operations over the cost limit (`TOO_COMPLEX`), and adds the cost to `extensions.cost` of the first result. */
export const useCost = (limit: number): Plugin => {
  /** Null if execution will report the error itself: a missing operation, or variables of the wrong type. */
  const measure = (args: Partial<ExecutionArgs>): Cost | null => {
    const selected = selectOperation(args);
    if (!selected?.variables.coerced) return null;
    const { schema, document, operation, variables } = selected;
    return { requested: costOf({ schema, document, operation, variables: variables.coerced }), limit };
  };

  return {
    onExecute({ args, setResultAndStopExecution }) {
      const cost = measure(args);
      if (!cost) return;
      if (cost.requested > limit) {
        setResultAndStopExecution({ errors: [tooExpensive(cost)] });
        return;
      }
      return {
        onExecuteDone({ result, setResult }) {
          setResult(isAsyncIterable(result) ? withCostInFirst(result, cost) : withCost(result, cost));
        },
      };
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const cost = measure(args);
      if (!cost) return;
      if (cost.requested > limit) {
        setResultAndStopExecution({ errors: [tooExpensive(cost)] });
        return;
      }
      return {
        onSubscribeResult({ result, setResult }) {
          if (isAsyncIterable(result)) setResult(withCostInFirst(result, cost));
        },
      };
    },
  };
};

const tooExpensive = (cost: Cost) =>
  new Failure(
    'TOO_COMPLEX',
    `This operation costs ${cost.requested}, and the limit is ${cost.limit}. Ask for fewer fields, or for shorter pages by first or last.`,
    { cost },
  );

const withCost = (result: ExecutionResult, cost: Cost): ExecutionResult => ({
  ...result,
  extensions: { ...result.extensions, cost },
});

/**
 * Adds the cost to the first result of a stream. Later results are passed on unchanged: a hook on each (`onNext`) would cost
 * a promise per token.
 */
const withCostInFirst = (
  results: AsyncIterable<ExecutionResult>,
  cost: Cost,
): AsyncGenerator<ExecutionResult, void, undefined> => {
  const source = results[Symbol.asyncIterator]() as AsyncGenerator<ExecutionResult, void, undefined>;
  let isFirst = true;
  const stream: AsyncGenerator<ExecutionResult, void, undefined> = {
    next() {
      if (!isFirst) return source.next();
      isFirst = false;
      return source
        .next()
        .then(({ done, value }) =>
          done ? { done, value: undefined } : { done: false, value: withCost(value, cost) },
        );
    },
    return: async (value) => (await source.return?.(value)) ?? { done: true, value: undefined },
    async throw(error) {
      if (!source.throw) throw error;
      return source.throw(error);
    },
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: async () => {
      await source.return?.(undefined);
    },
  };
  return stream;
};
