import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareContent, type StaticContent, sendContent } from '../../responses/staticContent.ts';
import { docsPolicy } from '../../server/securityHeaders.ts';
import { endpoint } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { docsPage, docsStart, docsTheme } from './docsPage.ts';
import { openapiDocument } from './openapi.ts';

const html = 'text/html; charset=utf-8';
const script = 'text/javascript; charset=utf-8';

/** `/openapi.json` of the documented routes, and the Swagger UI page at `/docs`. All assets come from this server. */
export const docsRoutes = (
  version: string,
  basePath: string,
  documented: readonly Route[],
): readonly Route[] => {
  const asset = (name: string) => readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`));

  const route = (path: string, type: string, read: () => Promise<string | Buffer>): Route => {
    // Read at the first request, not at the start: the scripts have 1.7 MB.
    let content: Promise<StaticContent> | null = null;
    return endpoint({
      unlisted: 'page',
      method: 'GET',
      path,
      credentials: 'none',
      async handle({ exchange }) {
        content ??= read().then((body) => prepareContent(type, body));
        content.catch(() => {
          content = null;
        });
        exchange.response.setHeader('Content-Security-Policy', docsPolicy);
        sendContent(exchange, await content);
      },
    });
  };

  return [
    route('/openapi.json', 'application/json; charset=utf-8', async () =>
      JSON.stringify(openapiDocument(version, basePath, documented), null, 2),
    ),
    route('/docs', html, async () => docsPage),
    route('/docs/start.js', script, async () => docsStart),
    route('/docs/theme.css', 'text/css; charset=utf-8', async () => docsTheme),
    route('/docs/swagger-ui-bundle.js', script, () => asset('swagger-ui-bundle.js')),
    route('/docs/swagger-ui.css', 'text/css; charset=utf-8', () => asset('swagger-ui.css')),
  ];
};
