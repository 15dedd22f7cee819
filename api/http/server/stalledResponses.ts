import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a peer may take none of what waits for it, in milliseconds. */
const defaultStallMs = 60_000;

/** Ends connections whose peer reads nothing of a response. */
export interface StalledResponses {
  watch(response: ServerResponse): void;
  close(): void;
}

/**
 * A connection whose response waits gets an idle limit: Node counts it as idle while its write makes no progress. A
 * connection that waits for us has none.
 */
export const createStalledResponses = (stallMs = defaultStallMs): StalledResponses => {
  const open = new Set<ServerResponse>();
  const limited = new WeakSet<Socket>();

  const look = () => {
    for (const { socket } of open) {
      if (!socket) continue;
      const isWaiting = socket.writableLength > 0;
      if (isWaiting === limited.has(socket)) continue;
      // Without a listener of its own, the HTTP server destroys a connection that reaches the limit.
      socket.setTimeout(isWaiting ? stallMs : 0);
      if (isWaiting) limited.add(socket);
      else limited.delete(socket);
    }
  };
  const timer = setInterval(look, Math.max(20, stallMs / 12)).unref();

  return {
    watch(response) {
      open.add(response);
      response.once('close', () => {
        open.delete(response);
        // Between requests, the server's own limit on idle connections holds.
        if (response.socket) limited.delete(response.socket);
      });
    },
    close: () => clearInterval(timer),
  };
};
