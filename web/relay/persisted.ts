import type { RequestParameters } from 'relay-runtime';
import type { GraphQLAnswerError } from './failure.ts';

/** A document as it is sent: by its id, or in full. */
export interface SentDocument {
  readonly query?: string;
  readonly extensions?: { readonly persistedQuery: { readonly version: 1; readonly sha256Hash: string } };
}

/** How a document is sent at first. Its id is the SHA-256 of its text, which Relay's compiler took. */
export const byId = ({ id, text }: RequestParameters): SentDocument =>
  id === null || id === undefined
    ? { query: text ?? '' }
    : { extensions: { persistedQuery: { version: 1, sha256Hash: id } } };

/** How it is sent to a server that doesn't know its id: another release of it, while one takes the other's place. */
export const inFull = (request: RequestParameters): SentDocument => ({
  ...byId(request),
  query: request.text ?? '',
});

export const isUnknown = (
  { id }: RequestParameters,
  errors: readonly GraphQLAnswerError[] | undefined,
): boolean => errors?.some(({ extensions }) => id !== null && extensions?.documentId === id) ?? false;
