import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createMongoClient } from './client.ts';
import { sharedMongoUrl } from './server.testing.ts';

/**
 * A TCP proxy to the shared server. A test can cut it, which makes the server unavailable for this proxy's clients
 * only.
 */
export interface TestProxy {
  readonly url: string;
  /** Closes all connections and rejects new ones. */
  cut(): Promise<void>;
  /** Resets all connections (RST) but accepts new ones, like a firewall or a server that crashes and restarts. */
  reset(): void;
  /** Accepts connections and data, but forwards nothing. */
  hang(): void;
  /** Cuts before it forwards the first chunk that contains `text`. Resolves when it has. */
  cutBefore(text: string): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export const startTestProxy = async (): Promise<TestProxy> => {
  const { host, port } = await serverAddress();
  const pairs = new Set<readonly [Socket, Socket]>();
  let server: Server | null = null;
  let isHanging = false;
  let trigger: { readonly text: string; fire(): void } | null = null;

  const destroyAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  const accept = (near: Socket) => {
    const far = connect(port, host);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        for (const one of pair) one.destroy();
        pairs.delete(pair);
      });
    }
    near.on('data', (chunk) => {
      if (trigger !== null && chunk.includes(trigger.text)) trigger.fire();
      else if (!isHanging) far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (!isHanging) near.write(chunk);
    });
  };
  const listen = async (at: number) => {
    server = createServer(accept).listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const cut = async () => {
    const closing = server;
    server = null;
    const closed = closing && once(closing, 'close');
    closing?.close();
    destroyAll();
    await closed;
  };

  const ownPort = await listen(0);
  return {
    url: sharedMongoUrl
      .replace(/(^mongodb:\/\/(?:[^@/]*@)?)[^/?]+/, `$1127.0.0.1:${ownPort}`)
      // directConnection, because a replica set would give the driver addresses that bypass this proxy.
      .replace(
        /\/?([^/?]*)(\?.*)?$/,
        (_, name, query) => `/${name}${query ? `${query}&` : '?'}directConnection=true`,
      ),
    cut,
    reset() {
      for (const [near, far] of pairs) {
        near.resetAndDestroy();
        far.destroy();
      }
    },
    hang() {
      isHanging = true;
    },
    cutBefore(text) {
      const fired = Promise.withResolvers<void>();
      trigger = {
        text,
        fire() {
          trigger = null;
          fired.resolve(cut());
        },
      };
      return fired.promise;
    },
    async restore() {
      isHanging = false;
      destroyAll();
      if (server === null) await listen(ownPort);
    },
    close: cut,
  };
};

const serverAddress = async (): Promise<{ readonly host: string; readonly port: number }> => {
  const { client } = createMongoClient(sharedMongoUrl);
  const [first] = client.options.hosts;
  await client.close();
  return { host: first?.host ?? '127.0.0.1', port: first?.port ?? 27_017 };
};
