import { type ExecutionArgs, type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import type { EndedOperation, RequestMetrics } from '../../../metrics/requestMetrics.ts';
import { rootCodeOf } from '../errorCode.ts';
import type { Transport } from '../yoga.ts';

type TransportContext = Pick<Transport, 'exchange' | 'isEventStream'>;

/** Counts operations on every transport, with their durations and the codes of their errors. */
export const useOperationMetrics = (metrics: Pick<RequestMetrics, 'operationEnded'>): Plugin => {
  const begin = (args: Partial<ExecutionArgs>) => {
    const startedAt = performance.now();
    const type = typeOf(args);
    const { exchange, isEventStream } = (args.contextValue ?? {}) as TransportContext;
    const transport = exchange || isEventStream ? 'http' : 'socket';
    const errors: string[] = [];
    let hasEnded = false;
    return {
      result({ errors: found = [] }: ExecutionResult) {
        if (errors.length < maxErrors) errors.push(...found.slice(0, maxErrors).map(rootCodeOf));
      },
      end() {
        if (hasEnded) return;
        hasEnded = true;
        const durationS = (performance.now() - startedAt) / 1000;
        metrics.operationEnded({ type, transport, durationS, errors });
      },
    };
  };

  return {
    onExecute({ args }) {
      const operation = begin(args);
      return {
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result }) => {
            operation.result(result);
            // The parts of `@defer` are not part of the duration.
            operation.end();
          }),
      };
    },
    onSubscribe({ args }) {
      const operation = begin(args);
      return {
        onSubscribeResult({ result }) {
          if (!(Symbol.asyncIterator in result)) {
            operation.result(result as ExecutionResult);
            operation.end();
          }
          return { onNext: ({ result: event }) => operation.result(event), onEnd: () => operation.end() };
        },
        onSubscribeError: ({ error }) => {
          operation.result({ errors: [error as GraphQLError] });
          operation.end();
        },
      };
    },
  };
};

/** The maximum errors of one operation that are counted. */
const maxErrors = 50;

const typeOf = ({ document, operationName }: Partial<ExecutionArgs>): EndedOperation['type'] =>
  (document && getOperationAST(document, operationName)?.operation) ?? 'query';
