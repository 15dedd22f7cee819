import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join, normalize } from 'node:path';

/** A site of somebody else, whose page has OpenAI's own client as `window.OpenAI`. */
export interface OtherSite {
  /** Its origin. */
  readonly url: string;
  close(): Promise<void>;
}

const client = dirname(createRequire(import.meta.url).resolve('openai'));

const page = `<!doctype html>
<title>Elsewhere</title>
<link rel="icon" href="data:,">
<script type="module">
import OpenAI from '/openai/index.mjs';
window.OpenAI = OpenAI;
</script>
`;

export const startOtherSite = async (): Promise<OtherSite> => {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (!path.startsWith('/openai/')) {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
      return;
    }
    const script = await readFile(join(client, path.slice('/openai/'.length))).catch(() => null);
    response.writeHead(script ? 200 : 404, { 'Content-Type': 'text/javascript' }).end(script);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
