import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { startTestServer, type TestServer } from '../testing/testServer.ts';

describe('the compression of GraphQL responses', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const large = '{ requestId __schema { types { name kind description fields { name description } } } }';

  /** Resolves to the response as it was sent. `fetch` would decompress it. */
  const ask = (query: string, encoding: string, accept = 'application/json') =>
    new Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'accept-encoding': encoding, accept };
      const sent = request(`${server.url}/graphql`, { method: 'POST', headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      });
      sent.on('error', reject).end(JSON.stringify({ query }));
    });

  it.each([
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=1.0', 'gzip', gunzipSync],
  ])('follows Accept-Encoding: %s', async (accepted, encoding, decompress) => {
    const { headers, body } = await ask(large, accepted);
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toContain('Accept-Encoding');
    expect(headers['content-length']).toBe(String(body.byteLength));
    const text = decompress(body).toString();
    expect(text.length).toBeGreaterThan(1_024);
    expect(JSON.parse(text)).toHaveProperty(['data', 'requestId']);
  });

  it.each([
    ['of small responses', '{ requestId }', 'gzip, br'],
    ['for clients without it', large, 'identity'],
  ])('is not used %s', async (_, query, accepted) => {
    const { headers, body } = await ask(query, accepted);
    expect(headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(body.toString())).toHaveProperty('data');
  });
});
