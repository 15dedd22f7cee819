import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { basePathOf, withoutBasePath } from './server/basePath.ts';
import { password, startTestServer, type TestServer } from './testing/testServer.ts';

describe('a server below a path', () => {
  let folder: string;
  let server: TestServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-path-'));
    const head =
      '<meta charset="utf-8" /><link href="./favicon.svg"><script src="./assets/main.js"></script>';
    await writeFile(join(folder, 'index.html'), `<!doctype html>${head}`);
    server = await startTestServer({ webRoot: folder, publicUrl: 'https://example.org/ai' });
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it.each(['/chat/1', '/ai/chat/1', '/ai', '/ai/'])(
    'serves at %s the page with addresses below the path, whether the proxy removes it or not',
    async (path) => {
      const response = await fetch(server.url + path);
      expect(response.status).toBe(200);
      const page = await response.text();
      expect(page).toContain('src="/ai/assets/main.js"');
      expect(page).toContain('href="/ai/favicon.svg"');
      expect(page).toContain('<meta name="base-path" content="/ai">');
    },
  );

  it('answers the API at both, and trusts pages of the host', async () => {
    for (const path of ['/graphql', '/ai/graphql']) {
      const response = await fetch(server.url + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: 'https://example.org' },
        body: JSON.stringify({ query: '{ viewer }' }),
      });
      expect([response.status, await response.json()]).toMatchObject([200, { data: { viewer: null } }]);
    }
  });

  it('accepts sockets at both', async () => {
    for (const path of ['/graphql', '/ai/graphql']) {
      const url = server.url.replace('http', 'ws') + path;
      const socket = new WebSocket(url, 'graphql-transport-ws');
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = reject;
      });
      socket.close();
    }
  });

  it('limits its session cookie to the path', async () => {
    const query = `mutation { signIn(username: "admin", password: "${password}") }`;
    const response = await server.graphql({ query });
    expect(response.headers.get('set-cookie')).toMatch(/; Path=\/ai; .*Secure/);
  });

  it('points GraphiQL at the API below the path', async () => {
    const page = await (await fetch(`${server.url}/graphql`, { headers: { Accept: 'text/html' } })).text();
    expect(page).toContain('"endpoint":"/ai/graphql"');
  }, 60_000);

  it('names the path as the server of the OpenAPI document', async () => {
    const document = await (await fetch(`${server.url}/openapi.json`)).json();
    expect(document).toMatchObject({ servers: [{ url: '/ai' }] });
  });
});

describe('the base path', () => {
  it.each([
    [null, ''],
    ['https://a.example', ''],
    ['https://a.example/', ''],
    ['https://a.example/ai', '/ai'],
    ['https://a.example/tools/ai', '/tools/ai'],
  ])('of %s is "%s"', (url, path) => expect(basePathOf(url)).toBe(path));

  it.each([
    ['/ai/chat?x=1', '/ai', '/chat?x=1'],
    ['/ai?x=1', '/ai', '/?x=1'],
    ['/aid', '/ai', '/aid'],
    ['/chat', '', '/chat'],
    // The page of a conversation: a proxy removed the path already.
    ['/chat/1', '/chat', '/chat/1'],
  ])('is removed from %s below "%s": %s', (url, basePath, rest) =>
    expect(withoutBasePath(url, basePath)).toBe(rest),
  );
});
