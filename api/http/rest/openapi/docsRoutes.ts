import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareContent, type StaticContent, sendContent } from '../../responses/staticContent.ts';
import { docsPolicy } from '../../server/securityHeaders.ts';
import { endpoint } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { openapiDocument } from './openapi.ts';

/** Addresses are relative, since the service may be below a path. */
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ziggie LLM: REST</title>
<link rel="icon" href="favicon.svg">
<link rel="stylesheet" href="docs/swagger-ui.css">
<body>
<main id="docs"></main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

// validatorUrl: null keeps Swagger UI from sending the document to its validator on the internet.
const start = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

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
    route('/docs', html, async () => page),
    route('/docs/start.js', script, async () => start),
    route('/docs/swagger-ui-bundle.js', script, () => asset('swagger-ui-bundle.js')),
    route('/docs/swagger-ui.css', 'text/css; charset=utf-8', () => asset('swagger-ui.css')),
  ];
};
