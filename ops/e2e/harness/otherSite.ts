import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv from 'sirv';

/** A site of another origin. */
export interface OtherSite {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves the current files of a folder, and the HTML `page` at `/`. */
export const startOtherSite = async (folder: string, page?: string): Promise<OtherSite> => {
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => {
    if (request.url === '/' && page !== undefined) {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
      return;
    }
    files(request, response, () => {
      response.writeHead(404).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
