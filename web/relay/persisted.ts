import { PreloadableQueryRegistry, type RequestParameters } from 'relay-runtime';
import type { GraphQLAnswerError } from './failure.ts';

/** A document as it is sent: its id or its text. */
export interface SentDocument {
  readonly query?: string;
  readonly extensions?: { readonly persistedQuery: { readonly version: 1; readonly sha256Hash: string } };
}

/** Sends a document by its id, the SHA-256 of its text, which Relay's compiler computed. */
export const byId = ({ id, text }: RequestParameters): SentDocument =>
  id === null || id === undefined
    ? { query: text ?? '' }
    : { extensions: { persistedQuery: { version: 1, sha256Hash: id } } };

/** Sends a document in full, for a server of another release, which doesn't know its id during a rolling deploy. */
export const inFull = (request: RequestParameters, text = request.text ?? ''): SentDocument => ({
  ...byId(request),
  query: text,
});

/**
 * Resolves to the text of a document. That of a page's query is part of the page's code, which may still load. Rejects with the
 * signal's reason.
 */
export const textOf = async ({ id, text }: RequestParameters, signal: AbortSignal): Promise<string> => {
  if (text !== null || !id) return text ?? '';
  const known = PreloadableQueryRegistry.get(id);
  if (known) return known.params.text ?? '';
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const waiting = PreloadableQueryRegistry.onLoad(id, ({ params }) => resolve(params.text ?? ''));
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
    waiting.dispose();
  }
};

export const isUnknown = (
  { id }: RequestParameters,
  errors: readonly GraphQLAnswerError[] | undefined,
): boolean => errors?.some(({ extensions }) => id !== null && extensions?.documentId === id) ?? false;
