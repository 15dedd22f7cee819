import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The time a peer may read nothing while unsent bytes wait for it, in milliseconds. */
const defaultStallMs = 60_000;

/**
 * Destroys connections whose peer stops reading a watched response. Sets an idle timeout on connections with unsent
 * bytes: Node counts them as idle while a write makes no progress. A connection whose response is still being computed
 * has none.
 */
export const createStalledResponses = (stallMs = defaultStallMs) => {
  const open = new Set<ServerResponse>();
  const limited = new WeakSet<Socket>();

  const check = () => {
    for (const { socket } of open) {
      if (!socket) continue;
      const isWaiting = socket.writableLength > 0;
      if (isWaiting === limited.has(socket)) continue;
      // No listener is needed: Node's HTTP server destroys a connection that times out.
      socket.setTimeout(isWaiting ? stallMs : 0);
      if (isWaiting) limited.add(socket);
      else limited.delete(socket);
    }
  };
  const timer = setInterval(check, Math.max(20, stallMs / 12)).unref();

  return {
    watch(response: ServerResponse) {
      open.add(response);
      response.once('close', () => {
        open.delete(response);
        // Between requests, the server's keep-alive timeout applies.
        if (response.socket) limited.delete(response.socket);
      });
    },
    close: () => clearInterval(timer),
  };
};
