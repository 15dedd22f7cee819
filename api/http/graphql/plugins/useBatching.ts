import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { badInput } from '../../../errors/failures.ts';
import type { Exchange } from '../../server/exchange.ts';
import type { RequestLimit } from '../../server/requestLimit.ts';

/** What the context of an operation over HTTP has. */
interface HttpContext {
  readonly request?: Request;
}

/**
 * Counts each operation of a batch as a request of its caller, and rejects operations in it that stream. Yoga limits their
 * number.
 */
export const useBatching = (
  requestLimit: Pick<RequestLimit, 'operation'> | undefined,
): Plugin<HttpContext, { readonly exchange?: Exchange }> => {
  const batches = new WeakSet<Request>();

  return {
    onRequestParse({ request, serverContext }) {
      return {
        async onRequestParseDone({ requestParserResult }) {
          if (!Array.isArray(requestParserResult)) return;
          batches.add(request);
          const { exchange } = serverContext;
          if (!exchange || !requestLimit) return;
          const { viewer } = await exchange.caller().catch(() => ({ viewer: null }));
          // The first operation was counted as the request.
          for (let more = 1; more < requestParserResult.length; more += 1) {
            await requestLimit.operation(viewer, exchange.address);
          }
        },
      };
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      if (isBatched(args.contextValue)) setResultAndStopExecution({ errors: [noStream()] });
    },
    onExecute({ args }) {
      if (!isBatched(args.contextValue)) return;
      return {
        async onExecuteDone({ result, setResult }) {
          if (!isAsyncIterable(result)) return;
          await result[Symbol.asyncIterator]().return?.();
          setResult({ errors: [noStream()] });
        },
      };
    },
  };

  function isBatched(context: unknown): boolean {
    const { request } = context as HttpContext;
    return request !== undefined && batches.has(request);
  }
};

const noStream = () =>
  badInput('query', 'Subscriptions, @defer and @stream are not possible in a batch. Send them alone.');
