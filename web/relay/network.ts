import { type FetchFunction, type GraphQLResponse, Observable, type RequestParameters } from 'relay-runtime';
import { serverAddress } from './basePath.ts';
import { failureOf, type GraphQLAnswerError, unreachable } from './failure.ts';
import { byId, inFull, isUnknown, type SentDocument, textOf } from './persisted.ts';

/** The time limit of a query or mutation, in ms; a generation answers at once and streams over the socket. */
export const maxRequestMs = 30_000;

/**
 * Runs queries and mutations over HTTP. A response without data, or a mutation whose payloads are all null, fails with a
 * `RequestFailure`. Calls `onSessionLost` when the server no longer accepts the session.
 */
export const createFetch =
  (onSessionLost: () => void): FetchFunction =>
  (request, variables) =>
    Observable.create((sink) => {
      const controller = new AbortController();
      post(request, variables, controller.signal).then(
        (response) => {
          sink.next(response);
          sink.complete();
        },
        (error: unknown) => {
          if (controller.signal.aborted) return;
          if (isSessionLost(error)) {
            onSessionLost();
            // A query stays pending, because the sign-in page replaces the page. A failed mutation must be reported.
            if (request.operationKind === 'query') return;
          }
          sink.error(error instanceof Error ? error : unreachable());
        },
      );
      return () => controller.abort();
    });

const isSessionLost = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'UNAUTHENTICATED';

interface Answer {
  readonly status: number;
  readonly body: { readonly data?: unknown; readonly errors?: readonly GraphQLAnswerError[] };
}

const post = async (
  request: RequestParameters,
  variables: object,
  signal: AbortSignal,
): Promise<GraphQLResponse> => {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(maxRequestMs)]);
  const send = (document: SentDocument) =>
    ask({ operationName: request.name, ...document, variables }, limited);
  let { status, body } = await send(byId(request));
  if (isUnknown(request, body.errors)) {
    const text = await textOf(request, limited).catch(() => {
      throw unreachable();
    });
    ({ status, body } = await send(inFull(request, text)));
  }
  const [first] = body.errors ?? [];
  if (first && (isNothing(request, body.data) || status === 401)) throw failureOf(first);
  return body as GraphQLResponse;
};

/** Whether a response has no data, or belongs to a mutation whose payloads are all null: it did nothing. */
const isNothing = ({ operationKind }: RequestParameters, data: unknown): boolean =>
  data === null ||
  data === undefined ||
  (operationKind === 'mutation' && Object.values(data).every((payload) => payload === null));

/** Whether the page is being left: then a small request has to outlive it. */
let isLeaving = false;
window.addEventListener(
  'pagehide',
  () => {
    isLeaving = true;
  },
  { capture: true },
);
window.addEventListener('pageshow', () => {
  isLeaving = false;
});

/** The maximum size of a request that outlives its page, in UTF-16 units; browsers allow 64 KiB in all. */
const maxKeptLength = 10_000;

const ask = async (operation: object, signal: AbortSignal): Promise<Answer> => {
  const body = JSON.stringify(operation);
  const answer = await fetch(serverAddress('/graphql'), {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
    },
    body,
    keepalive: isLeaving && body.length < maxKeptLength,
    signal,
  }).catch(() => {
    throw unreachable();
  });
  const received = await answer.json().catch(() => {
    throw unreachable();
  });
  return { status: answer.status, body: received };
};
