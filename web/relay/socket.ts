import { type Client, createClient, type SubscribePayload } from 'graphql-ws';
import { type GraphQLResponse, Observable, type RequestParameters, type Variables } from 'relay-runtime';
import type { ConnectionControl } from './connection.ts';
import { failureOf, type GraphQLAnswerError, unreachable } from './failure.ts';
import { byId, inFull, isUnknown, type SentDocument } from './persisted.ts';
import { waitToRetry } from './retryWait.ts';

/** The interval between pings, and the time limit of a pong before the socket counts as dead, in ms. */
const keepAlive = 12_000;
const maxPongLength = 6_000;
/** The server's close code for a session that ended. */
const sessionEnded = 4403;

export const createSocket = (
  url: string,
  connection: ConnectionControl,
  onSessionLost: () => void,
): Client => {
  let socket: WebSocket | undefined;
  let dying: ReturnType<typeof setTimeout> | undefined;
  return createClient({
    url,
    keepAlive,
    lazyCloseTimeout: 5_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (event) => !hasEnded(event),
    retryWait: waitToRetry,
    on: {
      connected: (opened) => {
        socket = opened as WebSocket;
        connection.opened();
      },
      closed: (event) => {
        clearTimeout(dying);
        if (hasEnded(event)) onSessionLost();
        else if (!wasMeant(event)) connection.closed();
      },
      // A lost network closes no socket: only a missing pong shows it.
      ping: (received) => {
        if (!received) dying = setTimeout(() => socket?.close(4408, 'No pong'), maxPongLength);
      },
      pong: (received) => {
        if (received) clearTimeout(dying);
      },
    },
  });
};

const codeOf = (event: unknown): unknown =>
  typeof event === 'object' && event !== null && 'code' in event ? event.code : undefined;
const hasEnded = (event: unknown): boolean => codeOf(event) === sessionEnded;
const wasMeant = (event: unknown): boolean => codeOf(event) === 1000;

/**
 * Runs subscriptions over the socket. graphql-ws sends an operation again after each reconnect. One that takes `after` and
 * whose events carry a `cursor` is sent with the last cursor received, so it resumes where it stopped.
 */
export const createSubscribe = (client: Client) => (request: RequestParameters, variables: Variables) =>
  Observable.create<GraphQLResponse>((sink) => {
    const resumable: Record<string, unknown> = { ...variables };
    const follow = (document: SentDocument, unknown: (() => void) | null) => {
      // The protocol requires a string, which may be empty.
      const payload = { operationName: request.name, query: '', ...document, variables: resumable };
      return client.subscribe<Record<string, unknown>>(payload satisfies SubscribePayload, {
        next: (result) => {
          const cursor = cursorOf(result.data);
          if (cursor !== null && 'after' in resumable) resumable.after = cursor;
          const [error] = result.errors ?? [];
          if (error && !result.data) sink.error(failureOf(error));
          else sink.next(result as GraphQLResponse);
        },
        error: (error) => {
          if (unknown && Array.isArray(error) && isUnknown(request, error)) unknown();
          else sink.error(asFailure(error));
        },
        complete: () => sink.complete(),
      });
    };
    let stop = follow(byId(request), () => {
      stop = follow(inFull(request), null);
    });
    return () => stop();
  });

const cursorOf = (data: Record<string, unknown> | null | undefined): number | null => {
  for (const event of Object.values(data ?? {})) {
    if (
      typeof event === 'object' &&
      event !== null &&
      'cursor' in event &&
      typeof event.cursor === 'number'
    ) {
      return event.cursor;
    }
  }
  return null;
};

const asFailure = (error: unknown): Error => {
  if (Array.isArray(error)) return failureOf(error[0] as GraphQLAnswerError);
  return error instanceof Error ? error : unreachable();
};
