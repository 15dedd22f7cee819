import type { ExecutionResult } from 'graphql';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { Failure, type FailureCode, httpStatusOf, storageFull } from '../../errors/failures.ts';
import { isDiskFull } from '../../errors/systemErrors.ts';
import { internalFailure, sendFailureAs } from '../responses/json.ts';
import { isClientDisconnect } from '../server/clientDisconnect.ts';
import type { Exchange } from '../server/exchange.ts';

/** The request id and the log of an error, and its HTTP request if it has one. */
export interface ErrorContext extends Partial<Pick<Exchange, 'request' | 'response'>> {
  readonly requestId: string;
  readonly log: Logger;
}

/**
 * Returns the error that a client may see. A `Failure` keeps its code and details; an invalid document or variable is
 * `BAD_USER_INPUT`; any other error is logged and masked as `INTERNAL`.
 */
export const presentError = (error: unknown, context: ErrorContext): GraphQLError => {
  const { requestId, log } = context;
  const { failure, root } = explain(error);
  const shown = failure ?? internalFailure(requestId);
  const at = error instanceof GraphQLError ? error : undefined;
  if (!failure) {
    if (isClientDisconnect(context, root))
      log.debug({ err: root, requestId }, 'request: client disconnected');
    else log.error({ err: root, path: at?.path, requestId }, 'request: unexpected error');
  }
  return new GraphQLError(shorten(shown.message), {
    nodes: at?.nodes,
    source: at?.source,
    positions: at?.positions,
    path: at?.path,
    extensions: { ...shown.details, code: shown.code },
  });
};

/** Sends an error of a request that isn't run, in the shape of GraphQL and with the failure's status. */
export const sendGraphQLFailure = (exchange: Exchange, error: unknown): void => {
  sendFailureAs(exchange, explain(error).failure ?? error, ({ message, code, details }) => ({
    errors: [{ message: shorten(message), extensions: { ...details, code } }],
  }));
};

/** Maximum UTF-16 units of a message: messages of graphql-js repeat the client's names and values, of any length. */
const maxMessage = 1000;

const shorten = (message: string): string =>
  message.length <= maxMessage ? message : `${message.slice(0, maxMessage)}…`;

/** Returns a result with all its errors presented, including errors of deferred parts. */
export const presentResult = (
  result: ExecutionResult,
  present: (error: unknown) => GraphQLError,
): ExecutionResult => {
  const incremental = 'incremental' in result ? result.incremental : undefined;
  return {
    ...result,
    ...(result.errors && { errors: result.errors.map(present) }),
    ...(Array.isArray(incremental) && {
      incremental: incremental.map((part: ExecutionResult) => presentResult(part, present)),
    }),
  };
};

const explain = (error: unknown): { readonly failure: Failure | null; readonly root: unknown } => {
  const root = rootCauseOf(error);
  if (root instanceof Failure) return { failure: root, root };
  if (isDiskFull(root)) return { failure: storageFull(root), root };
  if (!(error instanceof GraphQLError)) return { failure: null, root };
  const isInvalidInput = root instanceof GraphQLError || error.nodes?.[0]?.kind === 'VariableDefinition';
  const code = error.extensions.code;
  return {
    failure: isInvalidInput ? new Failure(isCode(code) ? code : 'BAD_USER_INPUT', error.message) : null,
    root,
  };
};

const isCode = (code: unknown): code is FailureCode =>
  typeof code === 'string' && Object.hasOwn(httpStatusOf, code);

const rootCauseOf = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError ? rootCauseOf(error.originalError) : error;
