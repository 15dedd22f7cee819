import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { jsonFailure } from '../../server/jsonShape.ts';

const json = /^application\/(?:json|graphql\+json|graphql)\s*(?:;|$)/i;

/**
 * Takes only what a page of another site can't send without being asked about first (CORS): a form can post what it
 * likes as `text/plain`, `multipart/form-data` or `application/x-www-form-urlencoded`, with the cookie. The JSON has to be
 * cheap to parse.
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

/** Yoga takes its own errors alone for mistakes of the client. */
const check = (text: string): void => {
  const failure = jsonFailure(text);
  if (!failure) return;
  const { code, details, httpStatus: status, message } = failure;
  throw new GraphQLError(message, { extensions: { ...details, code, http: { status } } });
};
