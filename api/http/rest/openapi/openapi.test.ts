import { startTestApp, type TestApp } from '../../testing/app.testing.ts';

interface Operation {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly requestBody?: object;
  readonly parameters: readonly { readonly in: string }[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );

describe('the OpenAPI document', () => {
  let test: TestApp;
  let document: Document;
  const urlOf = (path: string) => test.url + path.replace('{model}', 'stand-in');

  beforeAll(async () => {
    test = await startTestApp();
    const response = await fetch(`${test.url}/openapi.json`);
    expect(response.headers.get('content-type')).toContain('application/json');
    document = (await response.json()) as Document;
  });
  afterAll(() => test.stop());

  it('is OpenAPI 3.1, resolves all references, and has unique operation ids', () => {
    expect(document.openapi).toBe('3.1.1');
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    const names = Object.keys(document.components.schemas);
    expect(references.filter(([, name = '']) => !names.includes(name))).toEqual([]);
    const ids = operationsOf(document).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lists every route but pages, redirects, metrics, paths that only reject, and other protocols', () => {
    const unlisted = test.app.routes.flatMap(({ method, path, operation }) =>
      typeof operation === 'string' ? [`${method} ${path} ${operation}`] : [],
    );
    expect(unlisted).toEqual([
      'POST /api/create rejection',
      'GET /api/create rejection',
      'POST /api/push rejection',
      'GET /api/push rejection',
      'POST /api/copy rejection',
      'GET /api/copy rejection',
      'POST /api/blobs/* rejection',
      'GET /api/blobs/* rejection',
      'POST /mcp protocol',
      'GET /metrics metrics',
      'GET /openapi.json page',
      'GET /docs page',
      'GET /docs/start.js page',
      'GET /docs/theme.css page',
      'GET /docs/swagger-ui-bundle.js page',
      'GET /docs/swagger-ui.css page',
    ]);
    const routes = test.app.routes.flatMap(({ method, operation }) =>
      typeof operation === 'string' ? [] : [`${method} ${operation.path} ${operation.id}`],
    );
    const documented = operationsOf(document).map(
      ({ method, path, operationId }) => `${method} ${path} ${operationId}`,
    );
    expect(documented.length).toBeGreaterThan(10);
    expect(documented.toSorted()).toEqual(routes.toSorted());
  });

  it('says which routes need credentials', async () => {
    const answers = operationsOf(document).map(async ({ method, path, security, operationId }) => {
      const { status } = await fetch(urlOf(path), {
        method,
        headers: { 'Content-Type': 'application/json' },
      });
      // A signature stands for the credentials of this one.
      const isSigned = operationId === 'receiveAgentEvent';
      return { path, needed: security === undefined || isSigned, rejected: status === 401 };
    });
    for (const { path, needed, rejected } of await Promise.all(answers)) {
      expect([path, rejected]).toEqual([path, needed]);
    }
  });

  it('lists only paths and methods that exist, and bodies and queries that are checked', async () => {
    const headers = { Authorization: `Bearer ${test.token}`, 'Content-Type': 'application/json' };
    // Signing out last: it ends the token.
    const operations = operationsOf(document).toSorted((one) => (one.operationId === 'logout' ? 1 : -1));
    for (const { method, path, operationId, requestBody, parameters } of operations) {
      const takesQuery = parameters.some((parameter) => parameter.in === 'query');
      const url = urlOf(path) + (takesQuery ? '?unknown' : '');
      const response = await fetch(url, { method, headers, ...(requestBody && { body: '[]' }) });
      const body = await response.text();
      // The parameter is a model's name, so there is no such response, attachment or request.
      const others: Readonly<Record<string, number>> = {
        logout: 204,
        deleteResponse: 404,
        downloadAttachment: 404,
        deleteAttachment: 404,
        declineDockerCommand: 404,
        getHealing: 404,
        deleteHealingAgent: 404,
        getBatch: 404,
        cancelBatch: 404,
        deleteBatch: 404,
        getOpenAIBatch: 404,
        cancelOpenAIBatch: 404,
        getOpenAIFile: 404,
        downloadOpenAIFile: 404,
        deleteOpenAIFile: 404,
      };
      if (operationId === 'receiveAgentEvent') {
        // Its signature is checked before the body is parsed.
        expect([path, response.status]).toEqual([path, 401]);
        continue;
      }
      expect([path, response.status]).toEqual([
        path,
        requestBody || takesQuery ? 400 : (others[operationId] ?? 200),
      ]);
      // The body of an upload is no JSON.
      const rule = operationId === 'uploadOpenAIFile' ? 'multipart/form-data' : 'must be an object';
      if (requestBody && !takesQuery) expect([path, body]).toEqual([path, expect.stringContaining(rule)]);
      if (takesQuery) expect([path, body]).toEqual([path, expect.stringContaining('Unknown parameter')]);
    }
  });

  it('has the ranges, enums and defaults that validate the requests', () => {
    expect(document.paths['/api/llm/generate']?.post).toMatchObject({
      requestBody: {
        content: {
          'application/json': {
            schema: {
              required: ['prompt'],
              properties: {
                stream: { type: ['boolean', 'null'], default: false },
                options: {
                  anyOf: [
                    {
                      properties: {
                        temperature: {
                          anyOf: [{ type: 'number', minimum: 0, maximum: 2 }, { type: 'null' }],
                        },
                      },
                    },
                    { type: 'null' },
                  ],
                },
              },
            },
          },
        },
      },
      responses: { 200: expect.anything(), 404: expect.anything(), 504: expect.anything() },
    });
  });

  it('has a Swagger UI page that loads only assets of this server', async () => {
    const page = await fetch(`${test.url}/docs`);
    const text = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(text).toContain('<a href="./">Ziggie</a>');
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(
      ([, address = '']) => address,
    );
    expect(loaded).toHaveLength(4);
    for (const relative of loaded) {
      const address = new URL(relative, page.url);
      expect(address.pathname).toMatch(/^\/docs\//);
      const response = await fetch(address);
      expect(response.status).toBe(200);
      const tag = response.headers.get('etag') ?? '';
      await response.arrayBuffer();
      const again = await fetch(address, { headers: { 'If-None-Match': tag } });
      expect(again.status).toBe(304);
    }
  });
});
