import type { Plugin } from 'graphql-yoga';
import type { Caller } from '../../../graph/context.ts';

/** How a transport authenticates its caller. */
export interface AuthenticatedTransport {
  /**
   * Returns the caller, anonymous or verified by the verifier that REST uses (`http/auth/authenticate.ts`): by the token,
   * API key or session cookie of the HTTP request, or by those that the socket was opened or renewed with. Throws
   * `UNAUTHENTICATED` for an invalid token or API key.
   */
  readonly authenticate: () => Promise<Caller>;
}

/**
 * Authenticates the caller of each operation over HTTP, SSE and sockets, and builds the operation's context from it. Runs
 * after validation, so an invalid document costs no look-up.
 */
export const useAuthentication = (contextOf: (caller: Caller) => object): Plugin<AuthenticatedTransport> => ({
  async onContextBuilding({ context, extendContext }) {
    extendContext(contextOf(await context.authenticate()));
  },
});
