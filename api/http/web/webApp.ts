import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sirv from 'sirv';
import { notFound } from '../../errors/failures.ts';
import { sendFailure } from '../responses/json.ts';
import type { Exchange } from '../server/exchange.ts';
import { webAppFeatures, webAppPolicy } from '../server/securityHeaders.ts';

/** The paths of the web app's pages. */
export const pagePaths =
  /^\/(?:login|(?:invite|reset|share)\/[^/]+|chat(?:\/[^/]+)?|print\/[^/]+|presets(?:\/[^/]+)?|healing(?:\/[^/]+)?|collections(?:\/[^/]+)?|models|usage|import|settings|admin(?:\/(?:users|usage|keys|activity|docker|resources|limits|holds|audit))?|llm-test)?\/?$/;

const unbuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Ziggie LLM</title>
<h1>The web app is not built yet</h1><p>Run <code>npm run build</code>, then reload this page.
The API is up: <a href="/graphql">GraphiQL</a>.</p></html>
`;

export interface WebAppOptions {
  /** The folder that `npm run build` writes. */
  readonly root: string;
  /** The path of `PUBLIC_URL`; empty at the root of a host. */
  readonly basePath: string;
  /** Whether to read the folder for each request, not once: for work on the web app. */
  readonly development: boolean;
}

/**
 * Returns the page with absolute addresses below the base path: the build writes relative ones, which would depend on the
 * page's own path. The web app reads the base path from the page.
 */
const below = (basePath: string, page: string): string => {
  const located = page.replace(/\b(src|href)="\.?\/(?!\/)/g, `$1="${basePath}/`);
  return basePath === ''
    ? located
    : located.replace(/<meta charset[^>]*>/i, `$&<meta name="base-path" content="${basePath}">`);
};

/** Whether the path contains a secret: search engines must not list it, and links in the page must not send it on. */
const isSecretPage = (path: string): boolean => /^\/(?:invite|reset|share)\//.test(path);

/** Serves the built web app: its files, and its one HTML page at all paths of its router. */
export const createWebApp = async ({ root, basePath, development }: WebAppOptions) => {
  const readPage = () => readFile(join(root, 'index.html'), 'utf8').catch(() => null);
  const built = await readPage();
  const rereads = development || built === null;
  const files = sirv(root, {
    dev: rereads,
    etag: true,
    gzip: true,
    brotli: true,
    setHeaders(response, path) {
      const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
      response.setHeader('Cache-Control', cache);
      response.setHeader('Content-Security-Policy', webAppPolicy);
    },
  });

  const sendPage = async ({ response, path }: Exchange, status: number) => {
    const page = rereads ? await readPage() : built;
    const body = below(basePath, page ?? unbuilt);
    response.setHeader('Content-Security-Policy', webAppPolicy);
    response.setHeader('Permissions-Policy', webAppFeatures);
    if (isSecretPage(path)) {
      response.setHeader('X-Robots-Tag', 'noindex, nofollow, noarchive');
      response.setHeader('Referrer-Policy', 'no-referrer');
    }
    response.writeHead(page === null ? 503 : status, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-cache',
    });
    response.end(body);
  };

  return async (exchange: Exchange): Promise<void> => {
    const { request, response, path } = exchange;
    if (pagePaths.test(path)) return sendPage(exchange, 200);
    files(request, response, () => {
      // A missing file must not be answered with the page, which a browser would run as a script.
      if (/\.\w+$/.test(path)) sendFailure(exchange, notFound('file'));
      else sendPage(exchange, 404).catch((error: unknown) => sendFailure(exchange, error));
    });
  };
};
