import { type Span, SpanStatusCode, trace, context as tracingContext } from '@opentelemetry/api';
import { type ExecutionArgs, type ExecutionResult, getOperationAST } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { tracing } from '../../../process/tracing.ts';
import { rootCodeOf } from '../errorCode.ts';

/** The maximum number of field errors in a span. */
const maxErrors = 20;

/** Creates a span for each query and mutation, and for the start of each subscription, with the errors of its fields; without tracing, none. */
export const useOperationSpans = (): Plugin => {
  if (!tracing.isOn) return {};
  const start = (args: ExecutionArgs): Span => {
    const operation = getOperationAST(args.document, args.operationName);
    const type = operation?.operation ?? 'query';
    // Without the document and the variables: they hold prompts.
    return trace.getTracer('ziggie-llm').startSpan(`graphql ${type}`, {
      attributes: {
        'graphql.operation.type': type,
        ...(operation?.name && { 'graphql.operation.name': operation.name.value.slice(0, 100) }),
      },
    });
  };
  const end = (span: Span, { errors = [] }: ExecutionResult) => {
    for (const error of errors.slice(0, maxErrors)) {
      const path = error.path?.join('.').slice(0, 200) ?? '';
      span.addEvent('graphql.error', { code: rootCodeOf(error), path });
    }
    if (errors.length > 0) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };
  const traced =
    <Result>(run: (args: ExecutionArgs) => Result) =>
    async (args: ExecutionArgs): Promise<Awaited<Result>> => {
      const span = start(args);
      try {
        const result = await tracingContext.with(trace.setSpan(tracingContext.active(), span), () =>
          run(args),
        );
        end(span, isAsyncIterable(result) ? {} : (result as ExecutionResult));
        return result;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        throw error;
      }
    };
  return {
    onExecute: ({ executeFn, setExecuteFn }) => setExecuteFn(traced(executeFn)),
    onSubscribe: ({ subscribeFn, setSubscribeFn }) => setSubscribeFn(traced(subscribeFn)),
  };
};
