import { type ExecutionArgs, GraphQLError } from 'graphql';
import { CloseCode, type Context, makeServer, type OperationResult, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { callerAndGroupOf, type Release } from '../../budgets/budgets.ts';
import { badInput, Failure, isUnavailable } from '../../errors/failures.ts';
import type { Caller } from '../../graph/context.ts';
import type { FairScheduler } from '../../process/fairScheduler.ts';
import type { Ids } from '../../process/ids.ts';
import { type ErrorContext, presentError } from '../graphql/errors.ts';
import {
  isErrors,
  type OperationRequest,
  type PreparationDeps,
  type PreparedOperation,
  prepareOperation,
  presentedResult,
  runOperation,
} from '../graphql/preparedOperation.ts';
import type { AddressOf } from '../server/clientAddress.ts';
import type { RequestLimit } from '../server/requestLimit.ts';
import type { AuthenticatedSocket, SocketAccess } from './socketAccess.ts';
import type { SocketSlot } from './socketSlots.ts';

/** Maximum operations of a socket at a time. */
const maxOperations = 100;

/** Maximum characters of an operation's id, which every message of its result repeats. */
const maxIdLength = 128;

/** The time a client has to send `connection_init`, in milliseconds. */
const defaultInitTimeoutMs = 5000;

/** The state of an open socket. */
export interface Connection extends AuthenticatedSocket {
  readonly socket: WebSocket;
  readonly slot: SocketSlot;
  /** Sends the result `json` of an operation at once, after `opening`, in a message. Returns false if earlier ones are still unsent, or the socket isn't open. */
  readonly sendNow: (opening: string, json: string) => boolean;
  /** Adds the socket's id to each line. */
  readonly log: Logger;
}

export interface SocketProtocolDeps extends PreparationDeps {
  readonly requestLimit?: RequestLimit;
  readonly access: SocketAccess;
  readonly addressOf: AddressOf;
  readonly scheduler: FairScheduler;
  readonly ids: Ids;
  readonly initTimeoutMs?: number;
}

type SocketContext = Context<Record<string, unknown> | undefined, Connection>;

/**
 * Serves the graphql-transport-ws protocol with Yoga's parsing, validation and execution, plugins included. An error in an
 * operation never closes the socket: clients don't reconnect after 4500.
 */
export const createSocketProtocol = (deps: SocketProtocolDeps): Server<Connection> => {
  const { ids } = deps;
  /** Errors that were presented already, and must not be masked again. */
  const presented = new WeakSet<GraphQLError>();
  /** Releases the operation of a large answer once it is sent, by the operation's payload. */
  const releases = new WeakMap<object, Release>();

  const present = (error: unknown, errorContext: ErrorContext): GraphQLError => {
    const shown = presentError(error, errorContext);
    presented.add(shown);
    return shown;
  };

  const prepare = (
    { extra }: SocketContext,
    id: string,
    requestId: string,
    payload: OperationRequest,
  ): Promise<PreparedOperation | readonly GraphQLError[]> => {
    const opening = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    return prepareOperation(deps, payload, requestId, {
      authenticate: async () => callerOf(extra, deps, requestId),
      afterAnswer: (release) => releases.set(payload, release),
      sendResult: (json) => extra.sendNow(opening, json),
    });
  };

  const run = async (kind: 'execute' | 'subscribe', args: ExecutionArgs) =>
    (await runOperation(kind, args as PreparedOperation)) as Awaited<OperationResult>;

  return makeServer<Record<string, unknown> | undefined, Connection>({
    connectionInitWaitTimeout: deps.initTimeoutMs ?? defaultInitTimeoutMs,

    async onConnect(context) {
      const { socket, log } = context.extra;
      try {
        await deps.access.authenticate(context.extra, context.connectionParams);
        if (context.extra.viewer) await context.extra.slot.authenticated(context.extra.viewer);
      } catch (error) {
        if (isRateLimited(error)) socket.close(1013, error.message.slice(0, 120));
        else if (isRejection(error)) {
          socket.close(CloseCode.Forbidden, error.message.slice(0, 120));
        } else {
          if (error instanceof Failure) log.warn({ reason: error.message }, 'socket: authentication failed');
          else log.error({ err: error }, 'socket: authentication failed');
          socket.close(1013, 'Try again later');
        }
      }
      // False for a closing socket, so that messages that still arrive on it aren't handled.
      return socket.readyState === socket.OPEN;
    },

    async onSubscribe(context, id, payload) {
      if (id.length > maxIdLength) {
        context.extra.socket.close(CloseCode.BadRequest, 'Invalid message received');
        return [new GraphQLError(`The id of the operation is longer than ${maxIdLength} characters.`)];
      }
      const requestId = ids.next();
      const errorContext = { requestId, log: context.extra.log };
      try {
        if (Object.keys(context.subscriptions).length > maxOperations) throw tooManyOperations();
        const { viewer } = context.extra;
        const address = deps.addressOf(context.extra.request);
        await deps.requestLimit?.operation(viewer, address);
        const releaseSlot = await deps.scheduler.acquire(...callerAndGroupOf({ viewer, address }));
        const prepared = await prepare(context, id, requestId, payload).finally(releaseSlot);
        return isErrors(prepared) ? prepared.map((error) => present(error, errorContext)) : prepared;
      } catch (error) {
        return [present(error, errorContext)];
      }
    },

    execute: (args) => run('execute', args),
    subscribe: (args) => run('subscribe', args),

    onNext: (context, _id, _payload, args, result) => {
      const errorContext = { requestId: (args as PreparedOperation).requestId, log: context.extra.log };
      return presentedResult(result, (error) => presentError(error, errorContext));
    },

    onComplete(_context, _id, payload) {
      releases.get(payload)?.();
      releases.delete(payload);
    },

    onError: (context, _id, _payload, errors) => {
      const errorContext = { requestId: ids.next(), log: context.extra.log };
      return errors.map((error) => (presented.has(error) ? error : present(error, errorContext)).toJSON());
    },

    onClose({ extra }) {
      deps.access.closed(extra);
    },
  });
};

/** Whether the credential was rejected. While its verifier is unavailable, clients must retry with the same one. */
const isRejection = (error: unknown): error is Failure => error instanceof Failure && !isUnavailable(error);

const isRateLimited = (error: unknown): error is Failure =>
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
      throw badInput('transport', "A socket can't set cookies. Sign in and out over HTTP.");
    },
    renewConnection: async (token) => {
      const renewed = await access.renew(connection, token);
      await connection.slot.authenticated(renewed);
      return renewed;
    },
  };
};

const tooManyOperations = () =>
  new Failure(
    'RATE_LIMITED',
    `Too many operations on this socket: the limit is ${maxOperations}. Complete some of them first.`,
    { retryAfter: 1 },
  );
