import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const json = /^application\/(?:json|graphql\+json|graphql)\s*(?:;|$)/i;

/**
 * Takes only what a page of another site can't send without being asked about first (CORS): a form can post what it
 * likes as `text/plain`, `multipart/form-data` or `application/x-www-form-urlencoded`, with the cookie.
 */
export const useJsonRequests = (): Plugin => ({
  onRequestParse({ request }) {
    if (request.method !== 'POST' || json.test(request.headers.get('content-type') ?? '')) return;
    throw new GraphQLError('Send JSON, with Content-Type: application/json.', {
      extensions: { code: 'BAD_REQUEST', http: { status: 415 } },
    });
  },
});
