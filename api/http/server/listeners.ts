import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { StartupError } from '../../errors/startupError.ts';
import { systemCode } from '../../errors/systemErrors.ts';
import type { ConnectionLimits } from './connectionLimits.ts';
import type { ConnectionRate } from './connectionRate.ts';
import { stopParsingWhenDestroyed } from './stopParsing.ts';

/** Timeouts for receiving the head of a request, and all of it, in milliseconds. */
const headersTimeoutMs = 20_000;
const requestTimeoutMs = 120_000;
/** Longer than proxies keep idle connections, so that the proxy closes them and no request hits a closed one. */
const keepAliveTimeoutMs = 75_000;
/** The interval of Node's checks of these timeouts, in milliseconds. */
const checkEveryMs = 5000;
/** Maximum size of a request's head, in bytes. */
const maxHeaderSize = 16_384;

/** An address that the server can't listen on. The message is one line: which address, and what to do. */
export class ListenError extends StartupError {
  override readonly name = 'ListenError';
}

export interface Address {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The environment variable that sets the port, for error messages. */
  readonly variable: string;
}

export interface ListenersDeps {
  readonly addresses: readonly Address[];
  readonly request: RequestListener;
  readonly limits: ConnectionLimits;
  readonly rate: ConnectionRate;
  readonly upgrade: (request: Parameters<RequestListener>[0], socket: Duplex, head: Buffer) => void;
}

export interface Listeners {
  /** Listens on all addresses, or on none. Resolves to their URLs, in order. Throws `ListenError`. */
  listen(): Promise<readonly string[]>;
  /** Stops accepting connections, and closes the rest after `graceMs`. Idempotent. */
  close(graceMs: number): Promise<void>;
}

export const createListeners = ({ addresses, request, upgrade, limits, rate }: ListenersDeps): Listeners => {
  const servers = addresses.map((address) => {
    const server = createServer(
      {
        headersTimeout: headersTimeoutMs,
        requestTimeout: requestTimeoutMs,
        keepAliveTimeout: keepAliveTimeoutMs,
        connectionsCheckingInterval: checkEveryMs,
        maxHeaderSize,
        noDelay: true,
      },
      (message, response) => {
        if (limits.begins(message, response)) request(message, response);
      },
    );
    server.on('connection', stopParsingWhenDestroyed);
    server.on('connection', limits.opened);
    admitBy(rate, server);
    server.on('upgrade', (message, socket, head) => {
      limits.upgraded(message.socket);
      upgrade(message, socket, head);
    });
    return { address, server };
  });

  const close = async (graceMs: number) => {
    const timer = setTimeout(() => {
      for (const { server } of servers) server.closeAllConnections();
    }, graceMs);
    timer.unref();
    rate.close();
    await Promise.all(servers.map(({ server }) => closeServer(server)));
    clearTimeout(timer);
  };

  return {
    async listen() {
      const outcomes = await Promise.allSettled(
        servers.map(({ server, address }) => listenOn(server, address)),
      );
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (!failed) return servers.map(({ server, address }) => urlOf(server, address));
      await close(0);
      throw failed.reason;
    },
    close,
  };
};

/** Lets a connection wait, unread, before the server's listeners get it, its parser among them. */
const admitBy = (rate: ConnectionRate, server: Server): void => {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  // An option of net.Server that the options of an HTTP server don't have.
  Object.assign(server, { pauseOnConnect: true });
  server.on('connection', (socket) =>
    rate.admit(socket, () => {
      for (const listener of listeners) listener.call(server, socket);
      socket.resume();
    }),
  );
};

const listenOn = async (server: Server, { host, port, variable }: Address): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (error) {
    throw new ListenError(explain(error, host, port, variable), { cause: error });
  } finally {
    server.off('error', reject);
  }
};

const explain = (error: unknown, host: string, port: number, variable: string): string => {
  const code = systemCode(error);
  if (code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is in use. Stop the program that uses it, or choose another port with ${variable}=${port + 1}.`;
  }
  if (code === 'EACCES') {
    return `Port ${port} on ${host} needs more rights than this process has. Choose a port above 1023, such as ${variable}=8000.`;
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `${host} is not an address of this machine. Set HOST to one, such as 127.0.0.1, or 0.0.0.0 for all.`;
  }
  return `Can't listen on ${host}:${port}: ${String(error)}.`;
};

const urlOf = (server: Server, { host, port }: Address): string => {
  const bound = server.address() as AddressInfo | null;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  return `http://${name}:${bound?.port ?? port}`;
};

const closeServer = async (server: Server): Promise<void> => {
  if (!server.listening) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  await promise;
};

/** Answers an upgrade request with an HTTP error, and closes the connection. */
export const rejectUpgrade = (
  socket: Duplex | Socket,
  status: 404 | 429 | 503,
  reason: string,
  retryAfter?: number,
): void => {
  const fields = retryAfter === undefined ? '' : `Retry-After: ${Math.ceil(retryAfter)}\r\n`;
  socket.once('error', () => socket.destroy());
  // A peer that keeps sending would otherwise keep the connection open.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${fields}Connection: close\r\nContent-Length: 0\r\n\r\n`);
};
