import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createMongoClient } from './client.ts';
import { sharedMongoUrl } from './server.testing.ts';

/** For tests: a way to the shared server that can be cut, so that it is gone for who uses this way alone. */
export interface TestProxy {
  readonly url: string;
  /** Ends all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Resets all connections (RST) and takes new ones: what a firewall, or a server that crashes and restarts, does. */
  reset(): void;
  /** Takes connections and all that is sent, and passes nothing on. */
  hang(): void;
  /** Cuts before the first piece that holds `text` is passed on to the server. Resolves when it has. */
  cutBefore(text: string): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export const startTestProxy = async (): Promise<TestProxy> => {
  const { host, port } = await serverAddress();
  const pairs = new Set<readonly [Socket, Socket]>();
  let server: Server | null = null;
  let isHanging = false;
  let fuse: { readonly text: string; blow(): void } | null = null;

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
    near.on('data', (piece) => {
      if (fuse !== null && piece.includes(fuse.text)) fuse.blow();
      else if (!isHanging) far.write(piece);
    });
    far.on('data', (piece) => {
      if (!isHanging) near.write(piece);
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
      // A replica set would tell the driver the way past this one.
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
      const blown = Promise.withResolvers<void>();
      fuse = {
        text,
        blow() {
          fuse = null;
          blown.resolve(cut());
        },
      };
      return blown.promise;
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
