import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Budgets } from '../../budgets/budgets.ts';
import type { CallerLimits } from '../../config/values/callerLimits.ts';
import type { NoteHit } from '../../limits/hits/limitHits.ts';
import type { Ids } from '../../process/ids.ts';
import type { AddressOf } from '../server/clientAddress.ts';
import { requestIdOf } from '../server/exchange.ts';
import { jsonFailure } from '../server/jsonShape.ts';
import { refuseUpgrade } from '../server/listeners.ts';
import { createSocketFlow } from './socketFlow.ts';
import { createPeers } from './socketPeers.ts';
import type { Connection } from './socketProtocol.ts';
import type { Place, SocketSlots } from './socketSlots.ts';

/** Bytes that one message may have. */
const maxPayload = 1024 * 1024;
/** How often a socket is asked whether it is there; silent until the next time, it is ended. Milliseconds. */
const keepAliveMs = 12_000;
/** How long clients may take to say goodbye when the server stops, in milliseconds. */
const goodbyeMs = 1000;
/** Bytes that the reason in a close frame may have (RFC 6455, 5.5). */
const maxReason = 123;

export interface SocketsDeps {
  readonly protocol: Server<Connection>;
  readonly places: SocketSlots;
  readonly budgets: Pick<Budgets, 'holdBytes'>;
  readonly addressOf: AddressOf;
  readonly limits: CallerLimits;
  readonly noteHit: NoteHit;
  readonly ids: Ids;
  readonly log: Logger;
  readonly keepAliveMs?: number;
  /** How long a peer may take nothing of what waits for it, in milliseconds. */
  readonly stallMs?: number;
}

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** How many are open. */
  count(): number;
  /** Tells every client to come back (1012, service restart), and waits until they are gone. Idempotent. */
  close(): Promise<void>;
}

export const createSockets = (deps: SocketsDeps): Sockets => {
  const { protocol, places, budgets, addressOf, limits, noteHit, ids, log } = deps;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxPayload,
    perMessageDeflate: false,
    // The flow answers pings, so that it can bound the answers.
    autoPong: false,
    handleProtocols: (offered) => handleProtocols(offered),
  });
  const peers = createPeers();
  const silent = new WeakSet<WebSocket>();
  const blocked = new WeakMap<WebSocket, () => boolean>();
  let isClosing = false;

  const heartbeat = setInterval(() => {
    for (const socket of server.clients) {
      // A pong behind what the peer has yet to read would be late; how long that may take has its own limit.
      if (blocked.get(socket)?.()) silent.delete(socket);
      else if (silent.has(socket)) socket.terminate();
      else {
        silent.add(socket);
        socket.ping();
      }
    }
  }, deps.keepAliveMs ?? keepAliveMs);
  heartbeat.unref();

  const open = (socket: WebSocket, request: IncomingMessage, below: Duplex, place: Place) => {
    const connection: Connection = {
      socket,
      request,
      place,
      log: log.child({ socketId: requestIdOf(request) ?? ids.next() }),
      viewer: null,
      stopListening: null,
    };
    const flow = createSocketFlow({
      socket,
      connection: below,
      caller: () => ({ viewer: connection.viewer, address: addressOf(request) }),
      budgets,
      peers,
      noteHit,
      ...(deps.stallMs !== undefined && { stallMs: deps.stallMs }),
    });
    blocked.set(socket, flow.isBlocked);
    const expiry = setTimeout(() => {
      if (connection.viewer === null) {
        flow.close(4403, `Sockets without authentication end after ${limits.anonymousSeconds} s.`);
      }
    }, limits.anonymousSeconds * 1000);
    socket.on('ping', (data) => {
      if (flow.receive(data.byteLength)) flow.pong((sent) => socket.pong(data, false, sent));
    });
    socket.on('pong', (data) => {
      silent.delete(socket);
      flow.receive(data.byteLength);
    });
    // ws closes the socket itself, with the code that fits: 1009 for a message too large, 1002, 1007.
    socket.on('error', (error) => connection.log.info({ err: error }, 'a socket failed'));
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => flow.send(text),
        close: (code, reason) => socket.close(code, shorten(reason ?? '')),
        // Without the payload of the ping, which may be as large as a message.
        onPing: () => flow.pong((sent) => void flow.send('{"type":"pong"}').then(sent, sent)),
        onMessage: (receive) => {
          socket.on('message', (message: Buffer) => {
            if (!flow.receive(message.byteLength)) return;
            const text = String(message);
            const failure = jsonFailure(text);
            if (failure) return flow.close(CloseCode.BadRequest, failure.message);
            receive(text).catch((error: unknown) => {
              connection.log.error({ err: error }, 'a message could not be handled');
              socket.close(1013, 'Try again later');
            });
          });
        },
      },
      connection,
    );
    socket.once('close', (code, reason) => {
      clearTimeout(expiry);
      place.release();
      closed(code, String(reason)).catch((error: unknown) => {
        connection.log.error({ err: error }, 'a closed socket could not be cleaned up');
      });
    });
  };

  const admit = async (request: IncomingMessage, below: Duplex, head: Buffer): Promise<void> => {
    const admitted = await places.admit(request);
    if ('status' in admitted) {
      refuseUpgrade(below, admitted.status, admitted.reason, admitted.retryAfter);
      return;
    }
    if (isClosing || below.destroyed) {
      admitted.release();
      below.destroy();
      return;
    }
    // A handshake that fails closes the connection without a socket.
    below.once('close', admitted.release);
    server.handleUpgrade(request, below, head, (socket) => open(socket, request, below, admitted));
  };

  return {
    upgrade(request, below, head) {
      if (!/^\/graphql\/?(?:\?|$)/.test(request.url ?? '')) {
        refuseUpgrade(below, 404, 'Not Found');
        return;
      }
      const fail = () => below.destroy();
      below.once('error', fail);
      admit(request, below, head)
        .catch((error: unknown) => {
          log.error({ err: error }, 'an upgrade could not be handled');
          refuseUpgrade(below, 503, 'Service Unavailable');
        })
        .finally(() => below.off('error', fail));
    },
    count: () => server.clients.size,
    async close() {
      isClosing = true;
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

/** A reason that fits into a close frame: some have an id in them that the client chose. */
const shorten = (reason: string): string =>
  Buffer.byteLength(reason) <= maxReason ? reason : `${[...reason].slice(0, 30).join('')}…`;
