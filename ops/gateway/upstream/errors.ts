import { GraphQLError } from 'graphql';
import { CloseCode } from 'graphql-ws';

/** What a subgraph told as it ended an operation: a list of GraphQL errors, as they came over the wire. */
const isErrorList = (error: unknown): error is readonly GraphQLError[] =>
  Array.isArray(error) && error.every((one) => typeof one?.message === 'string');

const isCloseEvent = (error: unknown): error is { readonly code: number; readonly reason: string } =>
  typeof error === 'object' && error !== null && 'code' in error && 'reason' in error;

/** A subgraph that did not answer as it should. `what` goes on from its name. */
export const downstreamError = (name: string, what: string, originalError?: unknown): GraphQLError =>
  new GraphQLError(`The subgraph ${name} ${what}. Try again later.`, {
    originalError: originalError instanceof Error ? originalError : undefined,
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', subgraph: name },
  });

/** Why following something in a subgraph ended early, as the errors of a result. */
export const socketErrors = (name: string, error: unknown): readonly GraphQLError[] => {
  if (isErrorList(error)) return error;
  if (isCloseEvent(error) && error.code === CloseCode.Forbidden) {
    return [new GraphQLError(error.reason, { extensions: { code: 'UNAUTHENTICATED' } })];
  }
  return [downstreamError(name, 'broke off', error)];
};
