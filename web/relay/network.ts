import { type FetchFunction, type GraphQLResponse, Observable, type RequestParameters } from 'relay-runtime';
import { failureOf, type GraphQLAnswerError, unreachable } from './failure.ts';

/** Milliseconds that a query or mutation may take; a generation answers at once and streams over the socket. */
const longestRequest = 30_000;

/**
 * Queries and mutations over HTTP. An answer without data fails with a `RequestFailure`; `onSessionLost` is told when
 * the server no longer knows who asks.
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
            // A page that reads waits, and the sign-in page takes its place. What was to be written has to be told.
            if (request.operationKind === 'query') return;
          }
          sink.error(error instanceof Error ? error : unreachable());
        },
      );
      return () => controller.abort();
    });

const isSessionLost = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'UNAUTHENTICATED';

const post = async (
  { name, text }: RequestParameters,
  variables: object,
  signal: AbortSignal,
): Promise<GraphQLResponse> => {
  const answer = await fetch('/graphql', {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
    },
    body: JSON.stringify({ operationName: name, query: text, variables }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(longestRequest)]),
  }).catch(() => {
    throw unreachable();
  });
  const body: { data?: unknown; errors?: readonly GraphQLAnswerError[] } = await answer.json().catch(() => {
    throw unreachable();
  });
  const [first] = body.errors ?? [];
  if (first && (body.data === null || body.data === undefined || answer.status === 401))
    throw failureOf(first);
  return body as GraphQLResponse;
};
