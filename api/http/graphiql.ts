import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Exchange } from './exchange.ts';
import { examples } from './graphiqlExamples.ts';
import { graphiqlPolicy } from './securityHeaders.ts';

interface Page {
  readonly body: Buffer;
  readonly compressed: Buffer;
  readonly policy: string;
  readonly tag: string;
}

/** Whether a person's browser opens the address, rather than a program that sends a query. */
export const wantsGraphiQL = ({ request }: Exchange): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  (request.headers.accept ?? '').includes('text/html');

/** GraphiQL, complete in one page, so that it works with no network but ours. */
export const createGraphiQL = (): ((exchange: Exchange) => Promise<void>) => {
  let page: Promise<Page> | null = null;

  return async ({ request, response }) => {
    page ??= render();
    const { body, compressed, policy, tag } = await page;
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('Vary', 'Accept, Accept-Encoding');
    response.setHeader('ETag', tag);
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304).end();
      return;
    }
    const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const sent = zipped ? compressed : body;
    if (zipped) response.setHeader('Content-Encoding', 'gzip');
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': sent.byteLength,
    });
    response.end(sent);
  };
};

const render = async (): Promise<Page> => {
  // 9 MB of script: loaded when somebody opens it, not with the server.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Ziggie LLM',
    endpoint: '/graphql',
    credentials: 'same-origin',
    // Each subscription is a request of its own, so it has the cookie of the moment and the headers of its tab.
    subscriptionsProtocol: 'SSE',
    defaultTabs: examples,
    shouldPersistHeaders: false,
  }).trim();
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) =>
    sha256(script),
  );
  const body = Buffer.from(html);
  const compressed = await promisify(gzip)(body);
  return { body, compressed, policy: graphiqlPolicy(scripts), tag: `"${sha256(html).slice(7, 29)}"` };
};

const sha256 = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
