import { startTestApp, type TestApp } from '../../testing/app.testing.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

describe('the OpenAPI document', () => {
  let test: TestApp;
  let document: Document;

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
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lists only paths and methods that exist', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path: path.replace('{model}', 'stand-in'), method })),
    );
    expect(operations.length).toBeGreaterThan(10);
    const statuses = operations.map(async ({ path, method }) => {
      const headers = method === 'post' ? { 'Content-Type': 'application/json' } : undefined;
      return (await fetch(test.url + path, { method: method.toUpperCase(), headers })).status;
    });
    for (const status of await Promise.all(statuses)) expect([200, 204, 400, 401]).toContain(status);
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
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(
      ([, address = '']) => address,
    );
    expect(loaded).toHaveLength(3);
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
