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

/** A socket, and whom it acts for. */
export interface AccessedSocket {
  readonly socket: Pick<WebSocket, 'readyState' | 'OPEN' | 'close'>;
  /** The request that was upgraded. */
  readonly request: IncomingMessage;
  viewer: Viewer | null;
  /** Set while the end of what the viewer came by is listened for. */
  stopListening: (() => void) | null;
}

export interface SocketAccess {
  /**
   * Finds out whom the socket acts for, by the token in its first message, else by the cookie of its upgrade, and closes
   * it when that one's access ends (4403), or is to other things (1012). Throws a `Failure` where the socket must not be opened.
   */
  signIn(connection: AccessedSocket, params: Readonly<Record<string, unknown>> | undefined): Promise<void>;
  /** Lets it live on by another token of the same user; what runs on it goes on. Throws `UNAUTHENTICATED`, `FORBIDDEN`. */
  renew(connection: AccessedSocket, token: string): Promise<Viewer>;
  /** The socket has gone. */
  leave(connection: AccessedSocket): void;
}

export interface SocketAccessDeps {
  readonly accounts: Pick<Accounts, 'onAccessRevoked'>;
  readonly authenticate: Authenticate;
  readonly origins: Origins;
  readonly addressOf: AddressOf;
}

export const createSocketAccess = (deps: SocketAccessDeps): SocketAccess => {
  const { accounts, authenticate, origins, addressOf } = deps;

  /** From now on it acts for this viewer, and no longer by what it came by before. */
  const follow = async (connection: AccessedSocket, viewer: Viewer): Promise<void> => {
    const { socket } = connection;
    const stop = await accounts.onAccessRevoked(viewer, (end) => {
      if (end === 'ended') socket.close(CloseCode.Forbidden, 'The session has ended');
      // Clients take 1012 for a restart, and come back with what they came with before.
      else socket.close(1012, 'The session may do other things now');
    });
    if (socket.readyState !== socket.OPEN) {
      stop();
      return;
    }
    connection.stopListening?.();
    connection.stopListening = stop;
    connection.viewer = viewer;
  };

  const byToken = (connection: AccessedSocket, token: string) =>
    authenticate({ authorization: `Bearer ${token}` }, addressOf(connection.request));

  return {
    async signIn(connection, params) {
      const { request } = connection;
      const { headers } = request;
      const token = connectionToken(params);
      if (token === null && !origins.trusts(headers)) {
        throw forbidden(`The origin ${headers.origin} may not use the session.`);
      }
      const viewer = await (token === null
        ? authenticate(headers, addressOf(request))
        : byToken(connection, token));
      if (viewer) await follow(connection, viewer);
    },

    async renew(connection, token) {
      const viewer = await byToken(connection, token);
      if (!viewer || viewer.user.id !== connection.viewer?.user.id) {
        throw forbidden('The token is of another user than the socket. Open another socket for it.');
      }
      await follow(connection, viewer);
      return viewer;
    },

    leave(connection) {
      connection.stopListening?.();
      connection.stopListening = null;
    },
  };
};
