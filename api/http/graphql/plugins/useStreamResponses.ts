import type { Plugin } from 'graphql-yoga';
import { streamHeaders } from '../../responses/responseStream.ts';

const stream = /^(?:text\/event-stream|multipart\/mixed)\b/;

/** Sets the headers of event streams and multipart responses, so that proxies pass them on without buffering. */
export const useStreamResponses = (): Plugin => ({
  onResponse({ response: { headers } }) {
    if (!stream.test(headers.get('content-type') ?? '')) return;
    for (const [name, value] of Object.entries(streamHeaders)) headers.set(name, value);
    // Yoga sets `none`, which is no content coding: some proxies and clients reject the response.
    headers.delete('content-encoding');
    // Invalid with HTTP/2, and the default of HTTP/1.1.
    headers.delete('connection');
  },
});
