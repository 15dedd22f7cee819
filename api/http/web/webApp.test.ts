import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServer, type TestServer } from '../testing/testServer.ts';

let folder: string;
let server: TestServer;

const build = async (root: string) => {
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(root, 'index.html'), '<!doctype html><title>built</title>');
  await writeFile(join(root, 'favicon.svg'), '<svg/>');
  await writeFile(join(root, 'assets/index-a1b2c3.js'), 'plain');
  await writeFile(join(root, 'assets/index-a1b2c3.js.br'), 'compressed');
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ziggie-web-'));
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const get = (path: string, headers = {}) => fetch(server.url + path, { headers });

describe('the web app', () => {
  beforeEach(async () => {
    await build(folder);
    server = await startTestServer({ webRoot: folder });
  });

  it.each([
    '/',
    '/chat',
    '/chat/Q29udmVyc2F0aW9uOjE=',
    '/models',
    '/usage',
    '/settings',
    '/import',
    '/admin',
    '/admin/users',
    '/admin/holds',
    '/collections',
    '/collections/Q29sbGVjdGlvbjox',
    '/invite/a-secret',
    '/reset/a-secret',
    '/share/a-secret',
    '/print/Q29udmVyc2F0aW9uOjE=',
    '/llm-test',
    '/login',
    '/login?to=/chat',
  ])('is one page at %s, which is revalidated each time and runs only its own scripts', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('built');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(response.headers.get('permissions-policy')).toContain('microphone=(self)');
  });

  it('is not indexed and sends no referrer at paths with a secret', async () => {
    for (const path of ['/share/a-secret', '/invite/a-secret', '/reset/a-secret']) {
      const { headers } = await get(path);
      expect(headers.get('x-robots-tag')).toBe('noindex, nofollow, noarchive');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    expect((await get('/chat')).headers.get('x-robots-tag')).toBeNull();
  });

  it('is the same page with 404 at unknown paths, where it shows its own not-found page', async () => {
    const response = await get('/nowhere');
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('built');
  });

  it('has immutable assets, and other files that are revalidated', async () => {
    expect((await get('/assets/index-a1b2c3.js')).headers.get('cache-control')).toBe(
      'public, max-age=31536000, immutable',
    );
    expect((await get('/favicon.svg')).headers.get('cache-control')).toBe('no-cache');
  });

  it('sends the files that were compressed by the build', async () => {
    const { headers } = await fetch(`${server.url}/assets/index-a1b2c3.js`, {
      method: 'HEAD',
      headers: { 'Accept-Encoding': 'br' },
    });
    expect(headers.get('content-encoding')).toBe('br');
    expect(
      (await get('/assets/index-a1b2c3.js', { 'Accept-Encoding': 'identity' })).headers.has(
        'content-encoding',
      ),
    ).toBe(false);
  });

  it('answers a missing file with 404, not with the page', async () => {
    const response = await get('/assets/index-old.js');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/json');
  });

  it('answers 404 to other methods than GET', async () => {
    expect((await fetch(`${server.url}/chat`, { method: 'POST' })).status).toBe(404);
  });
});

describe('a web app that is not built', () => {
  it('says how to build it, and is served once it is built', async () => {
    const root = join(folder, 'later');
    server = await startTestServer({ webRoot: root });
    const response = await get('/chat');
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
    await build(root);
    expect(await (await get('/chat')).text()).toContain('built');
    expect((await get('/assets/index-a1b2c3.js')).status).toBe(200);
  });
});
