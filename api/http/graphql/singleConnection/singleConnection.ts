import { type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import { z } from 'zod';
import type { Accounts } from '../../../accounts/service.ts';
import type { Budgets, Release } from '../../../budgets/budgets.ts';
import { badInput, Failure, httpStatusOf } from '../../../errors/failures.ts';
import type { Caller } from '../../../graph/context.ts';
import { checkJsonShape } from '../../../process/jsonShape.ts';
import { sendJson } from '../../responses/json.ts';
import { validate } from '../../rest/validate.ts';
import { readJson } from '../../server/body.ts';
import type { Exchange } from '../../server/exchange.ts';
import { presentError, sendGraphQLFailure } from '../errors.ts';
import {
  isErrors,
  type PreparationDeps,
  type PreparedOperation,
  prepareOperation,
  presentedResult,
  runOperation,
} from '../preparedOperation.ts';
import { createEventConnections, type EventConnection, type EventConnectionsDeps } from './connections.ts';
import { openEventStream } from './eventStream.ts';

/** Maximum characters of an operation's id, which every event of its results repeats. */
const maxIdLength = 128;

export interface SingleConnectionDeps extends PreparationDeps, EventConnectionsDeps {
  readonly accounts: Pick<Accounts, 'onAccessRevoked'>;
  readonly budgets: Pick<Budgets, 'acquire' | 'holdBytes'>;
  /** Maximum bytes of a request's body. */
  readonly bodyLimit: number;
}

export interface SingleConnection {
  /** Answers a request of the mode. Returns false, and does nothing, for any other request. */
  handle(exchange: Exchange): Promise<boolean>;
  /** Ends all event streams; their clients connect again. */
  close(): void;
}

/**
 * Serves the single connection mode of graphql-sse's protocol (its PROTOCOL.md): `PUT` reserves an event stream, `GET` opens
 * it, `POST` starts an operation whose results it gets, `DELETE` ends one. Operations run through all plugins, with the
 * credentials of their own request.
 */
export const createSingleConnection = (deps: SingleConnectionDeps): SingleConnection => {
  const { accounts, budgets, bodyLimit } = deps;
  const connections = createEventConnections(deps);

  const reserve = async ({ response, caller }: Exchange): Promise<void> => {
    const { token } = await connections.reserve(await caller());
    response.writeHead(201, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
    response.end(token);
  };

  const open = async (exchange: Exchange, connection: EventConnection): Promise<void> => {
    const { response } = exchange;
    connections.open(connection);
    response.once('close', () => connections.end(connection));
    exchange.releaseSlot();
    try {
      await exchange.destroyOnAccessEnd();
      const caller = await exchange.caller();
      if (response.closed) connections.end(connection);
      else connection.stream = openEventStream({ response, caller, budgets });
    } catch (error) {
      connections.end(connection);
      throw error;
    }
  };

  const start = async (exchange: Exchange, connection: EventConnection): Promise<void> => {
    const { request, response, requestId } = exchange;
    const { stream } = connection;
    if (!stream) {
      throw new Failure('CONFLICT', 'The event stream of this token is not open. Open it with GET first.');
    }
    const isGet = request.method === 'GET';
    const sent = isGet ? queryOf(exchange) : await readJson(request, bodyLimit);
    const { extensions, ...operation } = validate(operationRequest, sent);
    const { operationId, persistedQuery } = extensions;
    let iterator: AsyncIterator<ExecutionResult> | null = null;
    let isEnded = false;
    const end = () => {
      isEnded = true;
      iterator?.return?.().catch(() => {});
    };
    connection.add(operationId, { end });
    const releases: Release[] = [];
    const finish = () => {
      connection.remove(operationId);
      for (const release of releases) release();
    };
    const accept = () => response.writeHead(202, { 'Cache-Control': 'no-store' }).end();
    const present = (error: unknown) => presentError(error, { requestId, log: exchange.log });
    const send = (result: ExecutionResult) =>
      stream.next(operationId, JSON.stringify(presentedResult(result, present)));
    let prepared: PreparedOperation | readonly GraphQLError[];
    let kind: 'execute' | 'subscribe';
    try {
      const caller = await exchange.caller();
      // The operation keeps its variables after the request was answered.
      releases.push(budgets.holdBytes(caller, bytesOf(operation)));
      const request = { ...operation, extensions: { persistedQuery } };
      prepared = await prepareOperation(deps, request, requestId, {
        authenticate: async () => callerOf(caller),
        afterAnswer: (release) => releases.push(release),
        sendResult: (json) => stream.nextNow(operationId, json),
        isEventStream: true,
      });
      if (isErrors(prepared)) {
        finish();
        sendErrors(exchange, prepared);
        return;
      }
      kind = kindOf(prepared, isGet);
      if (caller.viewer) {
        // The event stream ends with its own credentials; those of the operation may be others.
        releases.push(await accounts.onAccessRevoked(caller.viewer, () => stream.destroy()));
      }
    } catch (error) {
      finish();
      if (!(error instanceof Failure && error.code === 'PERSISTED_QUERY_NOT_FOUND')) throw error;
      // Clients send the text then. They don't read the body of this response.
      accept();
      await send({ errors: [error as unknown as GraphQLError] });
      await stream.complete(operationId);
      return;
    }
    accept();
    try {
      // It was ended while it was prepared.
      if (isEnded) return;
      const result = await runOperation(kind, prepared);
      if (!isAsyncIterable(result)) {
        await send(result);
        return;
      }
      iterator = result[Symbol.asyncIterator]();
      // It was ended while it started.
      if (isEnded) end();
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        await send(next.value);
      }
    } catch (error) {
      await send({ errors: [error as GraphQLError] });
    } finally {
      finish();
      await stream.complete(operationId);
    }
  };

  const stop = ({ response, request }: Exchange, { operations }: EventConnection): void => {
    const operationId = parametersOf(request.url).get('operationId');
    if (!operationId) throw badInput('operationId', 'The parameter operationId of the URL is missing.');
    operations.get(operationId)?.end();
    response.writeHead(200, { 'Content-Length': 0, 'Cache-Control': 'no-store' }).end();
  };

  const answer = async (exchange: Exchange, token: string | null): Promise<void> => {
    const { method, headers } = exchange.request;
    if (method === 'PUT') return reserve(exchange);
    if (token === null) {
      throw badInput(
        'token',
        'Send the token of the event stream, as the header X-GraphQL-Event-Stream-Token.',
      );
    }
    const connection = connections.find(token, await exchange.caller());
    if (method === 'DELETE') return stop(exchange, connection);
    const isEventSource = method === 'GET' && /\btext\/event-stream\b/i.test(headers.accept ?? '');
    return isEventSource ? open(exchange, connection) : start(exchange, connection);
  };

  return {
    async handle(exchange) {
      const { method = '', headers, url } = exchange.request;
      const [header] = [headers['x-graphql-event-stream-token']].flat();
      const token = header ?? parametersOf(url).get('token');
      const isOfMode =
        method === 'PUT' || method === 'DELETE' || (token !== null && /^(?:GET|POST)$/.test(method));
      if (!isOfMode) return false;
      await answer(exchange, token).catch((error: unknown) => sendGraphQLFailure(exchange, error));
      return true;
    },
    close: () => connections.close(),
  };
};

const operationRequest = z.object({
  query: z.string().nullish(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  extensions: z.looseObject({ operationId: z.string().min(1).max(maxIdLength) }),
});

/** Returns about the memory that an operation's parameters take, in bytes. */
const bytesOf = (operation: object): number => Buffer.byteLength(JSON.stringify(operation));

const parametersOf = (url = '/'): URLSearchParams => new URL(url, 'http://localhost').searchParams;

/** Returns the parameters of an operation in a URL, as GraphQL over HTTP has them. */
const queryOf = ({ request }: Exchange): object => {
  const parameters = parametersOf(request.url);
  const json = (name: string): unknown => {
    const text = parameters.get(name);
    if (text === null) return undefined;
    checkJsonShape(text);
    try {
      return JSON.parse(text);
    } catch {
      throw badInput(name, `The parameter ${name} of the URL is not valid JSON.`);
    }
  };
  return {
    query: parameters.get('query'),
    operationName: parameters.get('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  };
};

/** The response of the request is sent before the operation ends. */
const callerOf = (caller: Caller): Caller => ({
  ...caller,
  openSessionCookie: () => {
    throw badInput(
      'transport',
      "An event stream can't set cookies. Sign in and out with a request of its own.",
    );
  },
});

const kindOf = (prepared: PreparedOperation, isGet: boolean): 'execute' | 'subscribe' => {
  const operation = getOperationAST(prepared.document, prepared.operationName);
  if (!operation) {
    throw badInput('operationName', 'operationName must be the name of an operation in the document.');
  }
  if (isGet && operation.operation === 'mutation') {
    throw badInput('query', 'A mutation is not possible with GET. Send it with POST.');
  }
  return operation.operation === 'subscription' ? 'subscribe' : 'execute';
};

/** Sends the errors of a document that isn't run. */
const sendErrors = (exchange: Exchange, found: readonly GraphQLError[]): void => {
  const errors = found.map((error) => presentError(error, exchange));
  const code = errors[0]?.extensions.code as keyof typeof httpStatusOf;
  sendJson(exchange, httpStatusOf[code] ?? 400, { errors: errors.map((error) => error.toJSON()) });
};
