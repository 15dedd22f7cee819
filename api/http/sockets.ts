import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Ids } from '../ids.ts';
import { requestIdOf } from './exchange.ts';
import { refuseUpgrade } from './listeners.ts';
import type { Connection } from './socketProtocol.ts';

/** Bytes that one message may have. */
const mostPayload = 1024 * 1024;
/** Sockets that may be open at once. */
const mostSockets = 5000;
/** How often a socket is asked whether it is there; silent until the next time, it is ended. Milliseconds. */
const keepAliveMs = 12_000;
/** How long clients may take to say goodbye when the server stops, in milliseconds. */
const goodbyeMs = 1000;

export interface SocketsDeps {
  readonly protocol: Server<Connection>;
  readonly ids: Ids;
  readonly log: Logger;
  readonly keepAliveMs?: number;
}

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** How many are open. */
  count(): number;
  /** Tells every client to come back (1012, service restart), and waits until they are gone. Idempotent. */
  close(): Promise<void>;
}

export const createSockets = ({
  protocol,
  ids,
  log,
  keepAliveMs: pace = keepAliveMs,
}: SocketsDeps): Sockets => {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: mostPayload,
    perMessageDeflate: false,
    handleProtocols: (offered) => handleProtocols(offered),
  });
  const silent = new WeakSet<WebSocket>();

  const heartbeat = setInterval(() => {
    for (const socket of server.clients) {
      if (silent.has(socket)) socket.terminate();
      else {
        silent.add(socket);
        socket.ping();
      }
    }
  }, pace);
  heartbeat.unref();

  const open = (socket: WebSocket, request: IncomingMessage) => {
    const connection: Connection = {
      socket,
      request,
      log: log.child({ socketId: requestIdOf(request) ?? ids.next() }),
      viewer: null,
      stopListening: null,
    };
    socket.on('pong', () => silent.delete(socket));
    // ws closes the socket itself, with the code that fits: 1009 for a message too large, 1002, 1007.
    socket.on('error', (error) => connection.log.info({ err: error }, 'a socket failed'));
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) => {
          socket.on('message', (message) => {
            receive(String(message)).catch((error: unknown) => {
              connection.log.error({ err: error }, 'a message could not be handled');
              socket.close(1013, 'Try again later');
            });
          });
        },
      },
      connection,
    );
    socket.once('close', (code, reason) => {
      closed(code, String(reason)).catch((error: unknown) => {
        connection.log.error({ err: error }, 'a closed socket could not be cleaned up');
      });
    });
  };

  return {
    upgrade(request, socket, head) {
      if (!/^\/graphql\/?(?:\?|$)/.test(request.url ?? '')) refuseUpgrade(socket, 404, 'Not Found');
      else if (server.clients.size >= mostSockets) refuseUpgrade(socket, 503, 'Service Unavailable');
      else server.handleUpgrade(request, socket, head, open);
    },
    count: () => server.clients.size,
    async close() {
      clearInterval(heartbeat);
      const gone = [...server.clients].map((socket) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        socket.once('close', () => resolve());
        socket.close(1012, 'Service restart');
        return promise;
      });
      const timer = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, goodbyeMs);
      await Promise.all(gone);
      clearTimeout(timer);
    },
  };
};

/** Resolves when the message is handed to the system, so that a slow reader is sent no more than it takes. */
const send = (socket: WebSocket, text: string): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (socket.readyState !== socket.OPEN) resolve();
  else socket.send(text, (error) => (error && socket.readyState === socket.OPEN ? reject(error) : resolve()));
  return promise;
};
