import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { jsonFailure } from '../../server/jsonShape.ts';

const json = /^application\/(?:json|graphql\+json|graphql)\s*(?:;|$)/i;

/**
 * Accepts only JSON bodies that are cheap to parse. A page of another site can't send JSON without a CORS preflight, but can
 * post a form as `text/plain`, `multipart/form-data` or `application/x-www-form-urlencoded`, with the cookie.
 */
export const useJsonRequests = (): Plugin => ({
  onRequestParse({ request, url, requestParser, setRequestParser, fetchAPI }) {
    if (request.method !== 'POST') {
      for (const name of ['variables', 'extensions']) check(url.searchParams.get(name) ?? '');
      return;
    }
    if (!json.test(request.headers.get('content-type') ?? '')) {
      throw new GraphQLError('Send JSON, with Content-Type: application/json.', {
        extensions: { code: 'BAD_REQUEST', http: { status: 415 } },
      });
    }
    if (!requestParser) return;
    setRequestParser(async (whole) => {
      const body = await whole.text();
      check(body);
      return requestParser(new fetchAPI.Request(whole.url, { method: 'POST', headers: whole.headers, body }));
    });
  },
});

/** Throws a `GraphQLError`: Yoga treats all others as errors of the server. */
const check = (text: string): void => {
  const failure = jsonFailure(text);
  if (!failure) return;
  const { code, details, httpStatus: status, message } = failure;
  throw new GraphQLError(message, { extensions: { ...details, code, http: { status } } });
};
