import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';

/** The interval between two heartbeats, in ms. */
const defaultHeartbeatMs = 12_000;

const boundary = 'graphql';
const contentType = `multipart/mixed;boundary="${boundary}";subscriptionSpec=1.0`;

type FetchAPI = Pick<typeof globalThis, 'ReadableStream' | 'Response' | 'TextEncoder'>;

/**
 * Sends subscriptions as `multipart/mixed` to clients that ask for it (Apollo's multipart subscription protocol, version
 * 1.0), with a heartbeat every 12 seconds, unless the client is behind.
 */
export const useMultipartSubscriptions = (heartbeatMs = defaultHeartbeatMs): Plugin => {
  const subscriptions = new WeakSet<Request>();
  return {
    onSubscribe({ args }) {
      const { request } = args.contextValue as unknown as { readonly request?: Request };
      if (request) subscriptions.add(request);
    },
    onResultProcess({ request, result, setResultProcessor }) {
      const accept = request.headers.get('accept') ?? '';
      if (!subscriptions.has(request) || !isAsyncIterable(result)) return;
      if (!/multipart\/mixed[^,]*subscriptionSpec/i.test(accept)) return;
      setResultProcessor(
        (results, fetchAPI) => multipart(results as AsyncIterable<ExecutionResult>, fetchAPI, heartbeatMs),
        contentType,
      );
    },
  };
};

/** A part ends with the next boundary: clients read it only then. */
const part = (document: object): string =>
  `\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(document)}\r\n--${boundary}`;

const multipart = (
  results: AsyncIterable<ExecutionResult>,
  fetchAPI: FetchAPI,
  heartbeatMs: number,
): Response => {
  const iterator = results[Symbol.asyncIterator]();
  const encoder = new fetchAPI.TextEncoder();
  let heartbeat: ReturnType<typeof setInterval>;
  const stream = new fetchAPI.ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`\r\n--${boundary}${part({})}`));
      heartbeat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(part({})));
      }, heartbeatMs);
    },
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (!done) {
          controller.enqueue(encoder.encode(part({ payload: withoutStatus(value) })));
          return;
        }
        clearInterval(heartbeat);
        controller.enqueue(encoder.encode('--\r\n'));
        controller.close();
      } catch (error) {
        clearInterval(heartbeat);
        controller.error(error);
      }
    },
    async cancel() {
      clearInterval(heartbeat);
      await iterator.return?.();
    },
  });
  return new fetchAPI.Response(stream, { status: 200, headers: { 'Content-Type': contentType } });
};

/** Removes `extensions.http`, which is meant for Yoga only. */
const withoutStatus = ({ errors, ...result }: ExecutionResult): object => ({
  ...result,
  ...(errors && {
    errors: errors.map((error) => {
      const { extensions = {}, ...shown } = error.toJSON();
      const { http: _http, ...kept } = extensions;
      return { ...shown, extensions: kept };
    }),
  }),
});
