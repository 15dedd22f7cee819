import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { jsonFailure } from '../../../process/jsonShape.ts';

const json = /^application\/(?:json|graphql\+json|graphql)\s*(?:;|$)/i;

const multipart = /^multipart\/form-data\s*;/i;

/**
 * Accepts only JSON bodies that are cheap to parse, and files in a multipart body (`useUploads`). A page of another site can't send JSON without a CORS preflight, but can
 * post a form as `text/plain`, `multipart/form-data` or `application/x-www-form-urlencoded`, with the cookie.
 * A multipart body needs a header that such a form can't have.
 */
export const useJsonRequests = (bodyLimit: number): Plugin => ({
  onRequestParse({ request, url, requestParser, setRequestParser, fetchAPI }) {
    if (request.method !== 'POST') {
      for (const name of ['variables', 'extensions']) checkJson(url.searchParams.get(name) ?? '');
      return;
    }
    const type = request.headers.get('content-type') ?? '';
    if (multipart.test(type)) {
      if (isPreflighted(request.headers)) return;
      throw new GraphQLError(
        'A multipart request needs a bearer token, an API key, or the header "GraphQL-Require-Preflight: 1".',
        { extensions: { code: 'BAD_REQUEST', http: { status: 415 } } },
      );
    }
    if (!json.test(type)) {
      throw new GraphQLError('Send JSON, with Content-Type: application/json.', {
        extensions: { code: 'BAD_REQUEST', http: { status: 415 } },
      });
    }
    if (!requestParser) return;
    setRequestParser(async (whole) => {
      const body = await readText(whole, bodyLimit);
      checkJson(body);
      return requestParser(new fetchAPI.Request(whole.url, { method: 'POST', headers: whole.headers, body }));
    });
  },
});

/** Whether a page of another site can't have sent the request without a CORS preflight, which is denied. */
const isPreflighted = (headers: Headers): boolean =>
  ['authorization', 'x-api-key', 'graphql-require-preflight', 'apollo-require-preflight'].some((name) =>
    headers.has(name),
  );

/** Reads a body of JSON. Yoga's own limit is that of multipart bodies, which are larger. */
const readText = async ({ body, headers }: Request, limit: number): Promise<string> => {
  if (Number(headers.get('content-length') ?? 0) > limit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
};

/** As Yoga's. */
const tooLarge = () =>
  new GraphQLError('Request body too large', {
    extensions: { code: 'REQUEST_ENTITY_TOO_LARGE', http: { status: 413 } },
  });

/** Throws a `GraphQLError`: Yoga treats all others as errors of the server. */
export const checkJson = (text: string): void => {
  const failure = jsonFailure(text);
  if (!failure) return;
  const { code, details, httpStatus: status, message } = failure;
  throw new GraphQLError(message, { extensions: { ...details, code, http: { status } } });
};
