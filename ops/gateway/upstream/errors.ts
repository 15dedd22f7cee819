import { GraphQLError } from 'graphql';
import { CloseCode } from 'graphql-ws';

/** Returns whether an error is a list of GraphQL errors, as the subgraph sent it to end an operation. */
const isErrorList = (error: unknown): error is readonly GraphQLError[] =>
  Array.isArray(error) && error.every((one) => typeof one?.message === 'string');

const isCloseEvent = (error: unknown): error is { readonly code: number; readonly reason: string } =>
  typeof error === 'object' && error !== null && 'code' in error && 'reason' in error;

/** Creates the error for a subgraph that failed. `problem` follows the subgraph's name in the message. */
export const downstreamError = (name: string, problem: string, originalError?: unknown): GraphQLError =>
  new GraphQLError(`The subgraph ${name} ${problem}. Try again later.`, {
    originalError: originalError instanceof Error ? originalError : undefined,
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', subgraph: name },
  });

/** Converts the error of a subscription into the errors of a result. */
export const socketErrors = (name: string, error: unknown): readonly GraphQLError[] => {
  if (isErrorList(error)) return error;
  if (isCloseEvent(error) && error.code === CloseCode.Forbidden) {
    return [new GraphQLError(error.reason, { extensions: { code: 'UNAUTHENTICATED' } })];
  }
  return [downstreamError(name, 'closed the connection', error)];
};
