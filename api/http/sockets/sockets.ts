import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Budgets } from '../../budgets/budgets.ts';
import type { CallerLimits } from '../../config/values/callerLimits.ts';
import type { RecordLimitHit } from '../../limits/hits/log.ts';
import { createFairScheduler } from '../../process/fairScheduler.ts';
import type { Ids } from '../../process/ids.ts';
import { jsonFailure } from '../../process/jsonShape.ts';
import type { AddressOf } from '../server/clientAddress.ts';
import { requestIdOf } from '../server/exchange.ts';
import { rejectUpgrade } from '../server/listeners.ts';
import { createSocketFlow } from './socketFlow.ts';
import type { Connection } from './socketProtocol.ts';
import { createSharedBuckets } from './socketRates.ts';
import type { SocketSlot, SocketSlots } from './socketSlots.ts';

/** Maximum bytes of a message. */
const maxPayload = 1024 * 1024;
/** Maximum frames of a message. Clients send one; a proxy that splits messages at 4 kB sends 256. */
const maxFragments = 256;
/** Maximum TCP segments of an incomplete frame: one of one-byte segments would take many times its size. */
const maxBufferedChunks = 4096;
/** The interval of pings, in milliseconds. A socket that doesn't answer before the next one is terminated. */
const defaultKeepAliveMs = 12_000;
/** The time clients have to answer a close frame, in milliseconds. */
const closeTimeoutMs = 1000;
/** Maximum bytes of the reason in a close frame (RFC 6455, 5.5). */
const maxReason = 123;

export interface SocketsDeps {
  readonly protocol: Server<Connection>;
  readonly slots: SocketSlots;
  readonly budgets: Pick<Budgets, 'holdBytes'>;
  readonly addressOf: AddressOf;
  readonly limits: CallerLimits;
  readonly recordLimitHit: RecordLimitHit;
  readonly ids: Ids;
  readonly log: Logger;
  readonly keepAliveMs?: number;
  /** The time a peer may read nothing while unsent bytes wait for it, in milliseconds. */
  readonly stallMs?: number;
}

export interface Sockets {
  /** Handles an upgrade request: opens a socket, or rejects it with an HTTP error. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** The number of open sockets. */
  count(): number;
  /** Closes every socket with 1012 (service restart), upon which clients reconnect. Idempotent. */
  close(): Promise<void>;
}

export const createSockets = (deps: SocketsDeps): Sockets => {
  const { protocol, slots, budgets, addressOf, limits, recordLimitHit, ids, log } = deps;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload,
    maxFragments,
    maxBufferedChunks,
    perMessageDeflate: false,
    // SocketFlow answers pings, so that it can bound the pongs.
    autoPong: false,
    handleProtocols: (offered) => handleProtocols(offered),
  });
  const sharedBuckets = createSharedBuckets();
  const upgrades = createFairScheduler();
  /** Sockets that haven't answered the last ping. */
  const silent = new WeakSet<WebSocket>();
  const isBlocked = new WeakMap<WebSocket, () => boolean>();
  let isClosing = false;

  const heartbeat = setInterval(() => {
    for (const socket of server.clients) {
      // The ping waits behind unread bytes, so the pong is late. SocketFlow has a timeout for that.
      if (isBlocked.get(socket)?.()) silent.delete(socket);
      else if (silent.has(socket)) socket.terminate();
      else {
        silent.add(socket);
        socket.ping();
      }
    }
  }, deps.keepAliveMs ?? defaultKeepAliveMs);
  heartbeat.unref();

  const open = (socket: WebSocket, request: IncomingMessage, connection: Duplex, slot: SocketSlot) => {
    const state: Connection = {
      socket,
      sendNow: (opening, json) => flow.sendNow(opening, json),
      request,
      slot,
      log: log.child({ socketId: requestIdOf(request) ?? ids.next() }),
      viewer: null,
      stopListening: null,
    };
    // Looked up once: each message asks for the caller.
    const address = addressOf(request);
    const flow = createSocketFlow({
      socket,
      connection,
      caller: () => ({ viewer: state.viewer, address }),
      budgets,
      sharedBuckets,
      recordLimitHit,
      stallMs: deps.stallMs,
    });
    isBlocked.set(socket, flow.isBlocked);
    const expiry = setTimeout(() => {
      if (state.viewer === null) {
        flow.close(4403, `Not authenticated within ${limits.anonymousSeconds} s.`);
      }
    }, limits.anonymousSeconds * 1000);
    socket.on('ping', (data) => {
      if (flow.receive(data.byteLength)) flow.pong((sent) => socket.pong(data, false, sent));
    });
    socket.on('pong', (data) => {
      silent.delete(socket);
      flow.receive(data.byteLength);
    });
    // ws closes the socket itself with the matching code: 1009 for a message too large, 1002, 1007.
    socket.on('error', (error) => {
      state.log.info({ err: error }, 'socket: connection error');
      // ws would read and discard what a flooding peer sends until the socket has closed.
      setImmediate(() => connection.pause());
      const timer = setTimeout(() => socket.terminate(), closeTimeoutMs);
      socket.once('close', () => clearTimeout(timer));
    });
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => flow.send(text),
        close: (code, reason) => socket.close(code, shorten(reason ?? '')),
        // The pong omits the payload of the ping, which may be as large as a message.
        onPing: () => flow.pong((sent) => void flow.send('{"type":"pong"}').then(sent, sent)),
        onMessage: (receive) => {
          socket.on('message', (message: Buffer) => {
            if (!flow.receive(message.byteLength)) return;
            const text = String(message);
            const failure = jsonFailure(text);
            if (failure) return flow.close(CloseCode.BadRequest, failure.message);
            receive(text).catch((error: unknown) => {
              state.log.error({ err: error }, 'socket: message handler failed, closing the socket');
              socket.close(1013, 'Try again later');
            });
          });
        },
      },
      state,
    );
    socket.once('close', (code, reason) => {
      clearTimeout(expiry);
      slot.release();
      closed(code, String(reason)).catch((error: unknown) => {
        state.log.error({ err: error }, 'socket: cleanup after close failed');
      });
    });
  };

  const admit = async (request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> => {
    // Each upgrade is a task, authentication included: a thousand at once would block the event loop.
    const { authorization, cookie } = request.headers;
    const group = (authorization ?? cookie) === undefined ? 'ADDRESS' : 'USER';
    setImmediate(await upgrades.acquire(authorization ?? cookie ?? addressOf(request) ?? '', group));
    const admitted = await slots.admit(request, connection);
    if ('status' in admitted) {
      rejectUpgrade(connection, admitted.status, admitted.reason, admitted.retryAfter);
      return;
    }
    if (isClosing || connection.destroyed) {
      admitted.release();
      connection.destroy();
      return;
    }
    // A failed handshake closes the connection without opening a socket.
    connection.once('close', admitted.release);
    server.handleUpgrade(request, connection, head, (socket) => open(socket, request, connection, admitted));
  };

  return {
    upgrade(request, connection, head) {
      if (!/^\/graphql\/?(?:\?|$)/.test(request.url ?? '')) {
        rejectUpgrade(connection, 404, 'Not Found');
        return;
      }
      const onError = () => connection.destroy();
      connection.once('error', onError);
      admit(request, connection, head)
        .catch((error: unknown) => {
          log.error({ err: error }, 'socket: upgrade failed');
          rejectUpgrade(connection, 503, 'Service Unavailable');
        })
        .finally(() => connection.off('error', onError));
    },
    count: () => server.clients.size,
    async close() {
      isClosing = true;
      clearInterval(heartbeat);
      const closed = [...server.clients].map((socket) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        socket.once('close', () => resolve());
        socket.close(1012, 'Service restart');
        return promise;
      });
      const timer = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, closeTimeoutMs);
      await Promise.all(closed);
      clearTimeout(timer);
    },
  };
};

/** Shortens a reason to fit a close frame: some contain an id that the client chose. */
const shorten = (reason: string): string =>
  Buffer.byteLength(reason) <= maxReason ? reason : `${[...reason].slice(0, 30).join('')}…`;
