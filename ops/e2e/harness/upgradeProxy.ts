import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy on loopback that forwards HTTP, and WebSocket upgrades only if they are allowed. */
export interface UpgradeProxy {
  /** `http://127.0.0.1:…`, without a trailing slash. */
  readonly url: string;
  /** Returns the number of rejected upgrades. */
  refused(): number;
  /** Allows or rejects upgrades from now on. Open sockets stay open. */
  allowUpgrades(allowed: boolean): void;
  close(): Promise<void>;
}

export const startUpgradeProxy = async (targetUrl: string): Promise<UpgradeProxy> => {
  const { hostname, port: targetPort } = new URL(targetUrl);
  const open = new Set<Socket>();
  let isAllowed = false;
  let refused = 0;
  const server = createServer((client) => {
    open.add(client);
    client.on('error', () => {}).on('close', () => open.delete(client));
    // A browser opens a new connection for each WebSocket, so the first bytes are enough.
    client.once('data', (head) => {
      if (!isAllowed && /^upgrade: websocket/im.test(head.toString('latin1'))) {
        refused += 1;
        client.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      const upstream = connect({ host: hostname, port: Number(targetPort) });
      open.add(upstream);
      upstream.on('error', () => client.destroy());
      upstream.on('close', () => {
        open.delete(upstream);
        client.destroy();
      });
      client.on('close', () => upstream.destroy());
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: () => refused,
    allowUpgrades(allowed) {
      isAllowed = allowed;
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
