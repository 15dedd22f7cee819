import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Accounts } from '../../accounts/service.ts';
import type { Exchange } from '../exchange.ts';

/** A stream over HTTP (SSE, `@defer`) lives no longer than the session it was opened with. */
export const useSessionEnd = (accounts: Accounts): Plugin<object, { exchange: Exchange }> => ({
  async onResultProcess({ result, serverContext: { exchange } }) {
    if (!isAsyncIterable(result)) return;
    const { viewer } = await exchange.caller();
    if (!viewer) return;
    const { response } = exchange;
    const stop = await accounts.onSessionEnd(viewer, () => response.destroy());
    if (response.closed) stop();
    else response.once('close', stop);
  },
});
