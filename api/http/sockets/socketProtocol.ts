import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { CloseCode, type Context, makeServer, type OperationResult, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { ownerNameOf, type Release } from '../../budgets/budgets.ts';
import { badInput, Failure, isUnavailable } from '../../errors/failures.ts';
import type { Caller } from '../../graph/context.ts';
import type { FairScheduler } from '../../process/fairScheduler.ts';
import type { Ids } from '../../process/ids.ts';
import type { DocumentRequest, PersistedDocuments } from '../graphql/persistedDocuments.ts';
import type { Yoga } from '../graphql/yoga.ts';
import { type Incident, presentError, presentResult } from '../responses/errors.ts';
import type { AddressOf } from '../server/clientAddress.ts';
import type { RequestLimit } from '../server/requestLimit.ts';
import type { AccessedSocket, SocketAccess } from './socketAccess.ts';
import type { Place } from './socketSlots.ts';

/** Operations that may run on one socket at a time. */
export const maxOperations = 100;

/** Characters that the id of an operation may have: every answer repeats it. */
const maxId = 128;

/** How long a client may take until it says `connection_init`, in milliseconds. */
const initTimeoutMs = 5000;

/** What a socket is known by. */
export interface Connection extends AccessedSocket {
  readonly socket: WebSocket;
  /** What it holds of the limits on sockets. */
  readonly place: Place;
  /** Its lines have the socket's id. */
  readonly log: Logger;
}

export interface SocketProtocolDeps {
  readonly yoga: Yoga;
  readonly documents: PersistedDocuments;
  readonly requestLimit?: RequestLimit;
  readonly access: SocketAccess;
  readonly addressOf: AddressOf;
  readonly turns: FairScheduler;
  readonly ids: Ids;
  readonly initTimeoutMs?: number;
}

interface PreparedArgs extends ExecutionArgs {
  readonly executors: Pick<ReturnType<Yoga['getEnveloped']>, 'execute' | 'subscribe'>;
  readonly requestId: string;
}

type SocketContext = Context<Record<string, unknown> | undefined, Connection>;

/**
 * The graphql-transport-ws protocol over the operations of Yoga, plugins included. Nothing that goes wrong with one
 * operation closes the socket: clients take 4500 for final.
 */
export const createSocketProtocol = (deps: SocketProtocolDeps): Server<Connection> => {
  const { yoga, documents, ids } = deps;
  const presented = new WeakSet<GraphQLError>();
  /** What an operation holds until its answer is sent, by the payload that it came with. */
  const held = new WeakMap<object, Release>();

  const present = (error: unknown, incident: Incident): GraphQLError => {
    const one = presentError(error, incident);
    presented.add(one);
    return one;
  };

  const prepare = async (
    { extra }: SocketContext,
    requestId: string,
    payload: DocumentRequest & { readonly operationName?: string | null; readonly variables?: unknown },
  ): Promise<PreparedArgs | readonly GraphQLError[]> => {
    const caller = callerOf(extra, deps, requestId);
    const query = (await documents.textOf(payload)) ?? '';
    const afterAnswer = (release: Release) => held.set(payload, release);
    const enveloped = yoga.getEnveloped({ caller, afterAnswer, params: { ...payload, query } });
    const document = enveloped.parse(query);
    const errors = enveloped.validate(enveloped.schema, document);
    if (errors.length > 0) return errors;
    const contextValue = await enveloped.contextFactory();
    return {
      schema: enveloped.schema,
      document,
      contextValue,
      operationName: payload.operationName ?? null,
      variableValues: payload.variables as ExecutionArgs['variableValues'],
      executors: enveloped,
      requestId,
    };
  };

  const run = async (
    kind: 'execute' | 'subscribe',
    args: ExecutionArgs,
  ): Promise<Awaited<OperationResult>> => {
    try {
      return await (args as PreparedArgs).executors[kind](args);
    } catch (error) {
      return { errors: [asGraphQLError(error)] };
    }
  };

  return makeServer<Record<string, unknown> | undefined, Connection>({
    connectionInitWaitTimeout: deps.initTimeoutMs ?? initTimeoutMs,

    async onConnect(context) {
      const { socket, log } = context.extra;
      try {
        await deps.access.signIn(context.extra, context.connectionParams);
        if (context.extra.viewer) await context.extra.place.authenticated(context.extra.viewer);
      } catch (error) {
        if (isLimit(error)) socket.close(1013, error.message.slice(0, 120));
        else if (isRefusal(error)) {
          socket.close(CloseCode.Forbidden, error.message.slice(0, 120));
        } else {
          if (error instanceof Failure)
            log.warn({ reason: error.message }, 'a socket could not be signed in');
          else log.error({ err: error }, 'a socket could not be signed in');
          socket.close(1013, 'Try again later');
        }
      }
      // Nothing that still comes in on a socket that closes may be taken for acknowledged.
      return socket.readyState === socket.OPEN;
    },

    async onSubscribe(context, id, payload) {
      if (id.length > maxId) {
        context.extra.socket.close(CloseCode.BadRequest, 'Invalid message received');
        return [new GraphQLError('The id is too long.')];
      }
      const requestId = ids.next();
      const incident = { requestId, log: context.extra.log };
      try {
        if (Object.keys(context.subscriptions).length > maxOperations) throw tooManyOperations();
        const { viewer } = context.extra;
        const address = deps.addressOf(context.extra.request);
        await deps.requestLimit?.operation(viewer, address);
        const endTurn = await deps.turns.acquire(ownerNameOf({ viewer, address }));
        const prepared = await prepare(context, requestId, payload).finally(endTurn);
        return isErrors(prepared) ? prepared.map((error) => present(error, incident)) : prepared;
      } catch (error) {
        return [present(error, incident)];
      }
    },

    execute: (args) => run('execute', args),
    subscribe: (args) => run('subscribe', args),

    onNext: (context, _id, _payload, args, result) => {
      const incident = { requestId: (args as PreparedArgs).requestId, log: context.extra.log };
      return format(presentResult(result, (error) => presentError(error, incident)));
    },

    onComplete(_context, _id, payload) {
      held.get(payload)?.();
      held.delete(payload);
    },

    onError: (context, _id, _payload, errors) => {
      const incident = { requestId: ids.next(), log: context.extra.log };
      return errors.map((error) => (presented.has(error) ? error : present(error, incident)).toJSON());
    },

    onClose({ extra }) {
      deps.access.leave(extra);
    },
  });
};

/** Whoever could not be asked about the token has not refused it: clients must come back with the same one. */
const isRefusal = (error: unknown): error is Failure => error instanceof Failure && !isUnavailable(error);

const isLimit = (error: unknown): error is Failure =>
  error instanceof Failure && error.code === 'RATE_LIMITED';

const callerOf = (
  connection: Connection,
  { access, addressOf }: Pick<SocketProtocolDeps, 'access' | 'addressOf'>,
  requestId: string,
): Caller => {
  const { viewer, request } = connection;
  const address = addressOf(request);
  return {
    viewer: viewer && { ...viewer, origin: { address, requestId, surface: 'socket' } },
    requestId,
    address,
    userAgent: request.headers['user-agent'] ?? null,
    openSessionCookie: () => {
      throw badInput('transport', 'A socket has no cookies to set. Sign in and out over HTTP.');
    },
    renewConnection: async (token) => {
      const renewed = await access.renew(connection, token);
      await connection.place.authenticated(renewed);
      return renewed;
    },
  };
};

const tooManyOperations = () =>
  new Failure('RATE_LIMITED', `A socket runs ${maxOperations} operations at once. End some of them first.`, {
    retryAfter: 1,
  });

const isErrors = (prepared: PreparedArgs | readonly GraphQLError[]): prepared is readonly GraphQLError[] =>
  Array.isArray(prepared);

const asGraphQLError = (error: unknown): GraphQLError => {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
};

const format = ({ errors, ...rest }: ExecutionResult) => ({
  ...rest,
  ...(errors && { errors: errors.map((error) => error.toJSON()) }),
});
