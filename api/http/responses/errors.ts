import type { ExecutionResult } from 'graphql';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { Failure, type FailureCode, httpStatusOf, storageFull } from '../../errors/failures.ts';
import { isDiskFull } from '../../errors/systemErrors.ts';
import { isClientGone } from '../server/clientGone.ts';
import type { Exchange } from '../server/exchange.ts';
import { internal } from './answers.ts';

/** What an error is told with, and logged with. */
export interface Incident extends Partial<Pick<Exchange, 'request' | 'response'>> {
  readonly requestId: string;
  readonly log: Logger;
}

/**
 * The error that a client may see: a `Failure` with its code and details, a mistake in the document or the variables as
 * `BAD_USER_INPUT`, and anything else masked as `INTERNAL`, and logged.
 */
export const presentError = (error: unknown, incident: Incident): GraphQLError => {
  const { requestId, log } = incident;
  const { failure, root } = explain(error);
  const told = failure ?? internal(requestId);
  const at = error instanceof GraphQLError ? error : undefined;
  if (!failure) {
    if (isClientGone(incident, root)) log.debug({ err: root, requestId }, 'request: the client left');
    else log.error({ err: root, path: at?.path, requestId }, 'unexpected error');
  }
  return new GraphQLError(shorten(told.message), {
    nodes: at?.nodes,
    source: at?.source,
    positions: at?.positions,
    path: at?.path,
    extensions: { ...told.details, code: told.code },
  });
};

/** UTF-16 units of a message. Messages of graphql-js repeat names and values that a client sent, of any length. */
const maxMessage = 1000;

const shorten = (message: string): string =>
  message.length <= maxMessage ? message : `${message.slice(0, maxMessage)}…`;

/** A result with all its errors presented, those of deferred parts among them. */
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
  const mistake = root instanceof GraphQLError || error.nodes?.[0]?.kind === 'VariableDefinition';
  const code = error.extensions.code;
  return {
    failure: mistake ? new Failure(isCode(code) ? code : 'BAD_USER_INPUT', error.message) : null,
    root,
  };
};

const isCode = (code: unknown): code is FailureCode =>
  typeof code === 'string' && Object.hasOwn(httpStatusOf, code);

const rootCauseOf = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError ? rootCauseOf(error.originalError) : error;
