import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Exchange } from '../../server/exchange.ts';

/** A stream over HTTP (SSE, `@defer`) lives no longer than the session, the key or the token it was opened with. */
export const useSessionEnd = (): Plugin<object, { exchange: Exchange }> => ({
  async onResultProcess({ result, serverContext: { exchange } }) {
    if (isAsyncIterable(result)) await exchange.destroyOnAccessEnd();
  },
});
