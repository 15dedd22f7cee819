import { once } from 'node:events';
import { createServer, request as forward, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { freePort } from '../harness/redis.ts';
import { type ChatApp, startChatApp } from './chatApp.ts';

const allowed = { serviceWorkers: 'allow' } as const;

/** Resolves when the worker controls the page and has stored the code that the page loaded. */
const isInstalled = async (page: Page, scope: string) => {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.scope)).toBe(
    scope,
  );
  await page.waitForFunction(async () => {
    const loaded = performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => /\/assets\/.*\.(js|css)$/.test(name));
    const stored = await Promise.all(loaded.map((name) => caches.match(name)));
    return loaded.length > 3 && stored.every((response) => response !== undefined);
  });
};

const storedAddresses = (page: Page) =>
  page.evaluate(async () => {
    const found: { readonly cache: string; readonly path: string; readonly text: string }[] = [];
    for (const cache of await caches.keys()) {
      const store = await caches.open(cache);
      for (const request of await store.keys()) {
        const text = (await (await store.match(request))?.text()) ?? '';
        found.push({ cache, path: new URL(request.url).pathname, text });
      }
    }
    return found;
  });

describeInChromium('the app without its server, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  it('starts offline, says so, and opens the page once it is online', async () => {
    const path = await app.say('Back again.');
    page = await app.open(path, allowed);
    await page.getByText('Back again.').waitFor();
    await isInstalled(page, `${app.server.url}/`);
    await page.context().setOffline(true);
    await page.reload();
    await page.getByRole('alert').getByText('The server does not answer.').waitFor();
    await page.context().setOffline(false);
    await page.getByText('Back again.').waitFor();
  }, 90_000);

  it('stores the page and its code, and nothing of a user', async () => {
    const path = await app.say('Words that are private.', 'A private question');
    page = await app.open(path, allowed);
    await page.getByText('Words that are private.').waitFor();
    await isInstalled(page, `${app.server.url}/`);
    await page.goto(`${app.server.url}/settings`);
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.evaluate((id) => fetch(`/share/${id}`), 'secret');
    await page.goto(`${app.server.url}/share/a-secret-of-a-link`);
    await page.getByRole('heading').first().waitFor();
    const stored = await storedAddresses(page);
    expect(stored.length).toBeGreaterThan(5);
    expect(
      stored
        .map(({ path: one }) => one)
        .filter((one) => !/^\/(assets\/.*|theme\.js|favicon\.svg)?$/.test(one)),
    ).toEqual([]);
    expect(
      stored.filter(
        ({ text }) => /private|a-secret-of-a-link|"viewer"/.test(text) && !text.includes('import'),
      ),
    ).toEqual([]);
    // The API is not answered from a store, offline or not.
    await page.context().setOffline(true);
    const answered = await page.evaluate(() =>
      Promise.all(
        ['/graphql?query={__typename}', '/api/llm/status', '/health/live', '/docs'].map((address) =>
          fetch(address).then(
            () => address,
            () => null,
          ),
        ),
      ),
    );
    expect(answered).toEqual([null, null, null, null]);
    await expect(page.goto(`${app.server.url}/docs`)).rejects.toThrow('ERR_INTERNET_DISCONNECTED');
  }, 90_000);

  it('is installable, below the root', async () => {
    page = await app.open();
    const address = await page.locator('link[rel="manifest"]').getAttribute('href');
    const response = await page.request.get(app.server.url + address);
    expect(response.headers()['content-type']).toContain('application/manifest+json');
    const manifest = await response.json();
    expect(manifest).toMatchObject({ start_url: './', scope: './', display: 'standalone' });
    for (const { src, sizes } of manifest.icons as { src: string; sizes: string }[]) {
      const icon = await page.request.get(`${app.server.url}/${src}`);
      expect([src, icon.status()]).toEqual([src, 200]);
      if (sizes === 'any') continue;
      const width = (await icon.body()).readUInt32BE(16);
      expect(`${width}x${width}`).toBe(sizes);
    }
  }, 60_000);

  it('marks the title of a hidden tab when its answer is done, if chosen', async () => {
    page = await app.open('/settings');
    await page.getByRole('radio', { name: 'Mark the title of its tab' }).check();
    app.play({ tokens: Array.from({ length: 40 }, () => 'word '), tokensPerSecond: 20 });
    await page.getByRole('link', { name: 'New chat' }).click();
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Take your time');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    // Headless Chromium shows all tabs: the page is told that it is hidden.
    const show = (state: string) =>
      page.evaluate((visibility) => {
        Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await show('hidden');
    await page.waitForFunction(() => document.title.startsWith('✓ '));
    await show('visible');
    await expectSoon(() => page.title()).toBe('Take your time · Ziggie');
  }, 60_000);

  it('notifies of an answer that is done in a hidden tab, and says nothing of it', async () => {
    page = await app.open('/settings', { ...allowed, permissions: ['notifications'] });
    await isInstalled(page, `${app.server.url}/`);
    // Checked once the browser has said that it permits it.
    const notify = page.getByRole('radio', { name: 'Mark the title, and notify me' });
    await notify.click();
    await expectSoon(() => notify.isChecked()).toBe(true);
    app.play({ tokens: Array.from({ length: 40 }, () => 'private '), tokensPerSecond: 20 });
    await page.getByRole('link', { name: 'New chat' }).click();
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Take your time');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    const other = await page.context().newPage();
    await other.bringToFront();
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    });
    const sent = await page.evaluate(
      () =>
        new Promise<unknown>((resolve) => {
          ServiceWorker.prototype.postMessage = (message: unknown) => resolve(message);
        }),
    );
    expect(sent).toMatchObject({
      kind: 'done',
      notice: { title: 'Take your time', text: 'Answer finished.' },
    });
    expect(JSON.stringify(sent)).not.toContain('private');
  }, 60_000);
});

describeInChromium('the app below a path, in Chromium', () => {
  let app: ChatApp;
  let proxy: Server;
  let base: string;
  /** What replaces the name of the app's script, as another version would. */
  let version = '';
  const original: { script?: string | undefined } = {};

  beforeAll(async () => {
    const port = await freePort();
    base = `http://localhost:${port}/ai`;
    app = await startChatApp({ PUBLIC_URL: base, TRUST_PROXY: 'loopback' });
    proxy = createServer(async (request, response) => {
      const path = request.url?.startsWith('/ai/') ? request.url.slice('/ai'.length) : null;
      if (path === null) return void response.writeHead(404).end();
      const wanted = original.script && version ? path.replace(version, original.script) : path;
      const { host: _, 'accept-encoding': __, ...headers } = request.headers;
      const passed = forward(app.server.url + wanted, {
        method: request.method,
        headers: { ...headers, host: `localhost:${port}`, 'x-forwarded-proto': 'http' },
      });
      request.pipe(passed);
      const [answer] = await once(passed, 'response');
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk);
      let body = Buffer.concat(chunks);
      const sent = { ...answer.headers };
      if (String(sent['content-type']).startsWith('text/html')) {
        const html = body.toString();
        original.script ??= /\/assets\/(index-[^"]+\.js)"/.exec(html)?.[1];
        if (version && original.script) body = Buffer.from(html.replaceAll(original.script, version));
        sent['content-length'] = String(body.length);
      }
      delete sent['transfer-encoding'];
      response.writeHead(answer.statusCode ?? 502, sent).end(body);
    });
    proxy.listen(port, '127.0.0.1');
    await once(proxy, 'listening');
  }, 90_000);
  afterAll(async () => {
    proxy?.closeAllConnections();
    proxy?.close();
    await app?.close();
  }, 60_000);

  it('has its worker there, and after an update the new version is started offline', async () => {
    const context = await app.browser.newContext(allowed);
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    await page.goto(`${base}/login`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await isInstalled(page, `${base}/`);
    const scripts = () =>
      page.evaluate(() =>
        [...document.scripts].map(({ src }) => src).filter((src) => src.includes('/assets/')),
      );
    const [first] = await scripts();
    version = 'index-NEWNAME1.js';
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const [second] = await scripts();
    expect(second).toBe(`${base}/assets/${version}`);
    await page.waitForFunction(
      async (name) =>
        (await (await caches.match(`${name}/`))?.text())?.includes('index-NEWNAME1.js') === true,
      base,
    );
    // The code of the version before stays, for tabs that still run it.
    await expectSoon(() =>
      page.evaluate(async (src) => (await caches.match(src ?? '')) !== undefined, first),
    ).toBe(true);
    await isInstalled(page, `${base}/`);
    await context.setOffline(true);
    await page.reload();
    await expectSoon(scripts).toEqual([second]);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    version = 'index-NEWNAME2.js';
    await context.setOffline(false);
    const next = await context.newPage();
    await next.goto(`${base}/login`);
    await next.waitForFunction(async () => (await caches.keys()).some((name) => name.includes('NEWNAME2')));
    await next.waitForFunction(
      async () => (await caches.keys()).filter((name) => /code/.test(name)).length === 2,
    );
    // The code of the first version is gone.
    const names = await next.evaluate(() => caches.keys());
    expect(names.filter((name) => name.includes(String(original.script)))).toEqual([]);
    await context.close();
  }, 90_000);
});
