import type { IncomingMessage } from 'node:http';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Viewer } from '../../access/viewer.ts';
import type { Accounts } from '../../accounts/service.ts';
import { forbidden } from '../../errors/failures.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import { connectionToken } from '../auth/connectionToken.ts';
import type { Origins } from '../auth/origins.ts';
import type { AddressOf } from '../server/clientAddress.ts';

/** A socket and its viewer. */
export interface AuthenticatedSocket {
  readonly socket: Pick<WebSocket, 'readyState' | 'OPEN' | 'close'>;
  /** The request that was upgraded. */
  readonly request: IncomingMessage;
  /** Null while the socket is anonymous. */
  viewer: Viewer | null;
  /** Stops watching for the end of the viewer's session, API key or token. Null while none is watched. */
  stopListening: (() => void) | null;
}

export interface SocketAccess {
  /**
   * Authenticates a socket by the token in `connection_init`, else by the cookie of its upgrade request. Closes it when that
   * access ends (4403) or its permissions change (1012). Throws a `Failure` if the socket must be rejected.
   */
  authenticate(
    connection: AuthenticatedSocket,
    params: Readonly<Record<string, unknown>> | undefined,
  ): Promise<void>;
  /** Replaces the token by another of the same user; operations continue. Throws `UNAUTHENTICATED` or `FORBIDDEN`. */
  renew(connection: AuthenticatedSocket, token: string): Promise<Viewer>;
  /** Stops watching the access of a socket that has closed. */
  closed(connection: AuthenticatedSocket): void;
}

export interface SocketAccessDeps {
  readonly accounts: Pick<Accounts, 'onAccessRevoked'>;
  readonly authenticate: Authenticate;
  readonly origins: Origins;
  readonly addressOf: AddressOf;
}

export const createSocketAccess = (deps: SocketAccessDeps): SocketAccess => {
  const { accounts, authenticate, origins, addressOf } = deps;

  /** Sets the viewer of a socket, and watches that viewer's access instead of the one before. */
  const setViewer = async (connection: AuthenticatedSocket, viewer: Viewer): Promise<void> => {
    const { socket } = connection;
    const stop = await accounts.onAccessRevoked(viewer, (end) => {
      if (end === 'ended') socket.close(CloseCode.Forbidden, 'The session has ended');
      // Clients take 1012 for a restart, and reconnect with the same credentials.
      else socket.close(1012, 'The permissions of the session have changed');
    });
    if (socket.readyState !== socket.OPEN) {
      stop();
      return;
    }
    connection.stopListening?.();
    connection.stopListening = stop;
    connection.viewer = viewer;
  };

  const authenticateToken = (connection: AuthenticatedSocket, token: string) =>
    authenticate({ authorization: `Bearer ${token}` }, addressOf(connection.request));

  return {
    async authenticate(connection, params) {
      const { request } = connection;
      const { headers } = request;
      const token = connectionToken(params);
      if (token === null && !origins.trusts(headers)) {
        throw forbidden(`${headers.origin} may not use the session. If it should, add it to CORS_ORIGINS.`);
      }
      const viewer = await (token === null
        ? authenticate(headers, addressOf(request))
        : authenticateToken(connection, token));
      if (viewer) await setViewer(connection, viewer);
    },

    async renew(connection, token) {
      const viewer = await authenticateToken(connection, token);
      if (!viewer || viewer.user.id !== connection.viewer?.user.id) {
        throw forbidden('The token belongs to another user than the socket. Open another socket for it.');
      }
      await setViewer(connection, viewer);
      return viewer;
    },

    closed(connection) {
      connection.stopListening?.();
      connection.stopListening = null;
    },
  };
};
