import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Makes the servers listen on free ports of the loopback address, and tells the parent process their URLs. */
export const announce = async (servers: readonly Server[]): Promise<void> => {
  process.on('disconnect', () => process.exit());
  const urls: string[] = [];
  for (const server of servers) {
    server.keepAliveTimeout = 60_000;
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
    await once(server, 'listening');
    urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  process.send?.({ urls });
};
