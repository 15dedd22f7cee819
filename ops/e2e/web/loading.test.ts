import type { Page, Route } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { adminPassword } from '../harness/process.ts';
import { type ChatApp, phone, startChatApp } from './chatApp.ts';

/** Returns the size of the scripts that the page has loaded, compressed, in bytes. */
const codeSizeOf = async (page: Page): Promise<number> => {
  await page.waitForLoadState('networkidle');
  const sizes = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
      .map((entry) => (entry as PerformanceResourceTiming).encodedBodySize),
  );
  expect(sizes.length).toBeGreaterThan(3);
  expect(Math.min(...sizes)).toBeGreaterThan(0);
  return sizes.reduce((sum, size) => sum + size, 0);
};

describeInChromium('loading, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  /** Opens a page that loads only the code that it needs, not what it would load when the browser is idle. */
  const openWithoutIdleCode = async (path: string): Promise<Page> => {
    // Not a page of the app first: code in the browser's cache has no size.
    const opened = await app.open('/health');
    await opened.addInitScript(() =>
      Object.defineProperty(navigator, 'connection', { value: { saveData: true }, configurable: true }),
    );
    await opened.goto(app.server.url + path);
    return opened;
  };

  it('keeps the app when the code of a page does not load, and opens it once it does', async () => {
    page = await app.open();
    await page.route(/\/assets\/UsagePage-/, (route) => route.abort());
    // The page loads the code of all others as soon as it is idle.
    await page.reload();
    await page.getByRole('textbox', { name: 'Message' }).fill('a draft');
    await page.evaluate(() => window.dispatchEvent(new Event('offline')));
    await page.getByRole('button', { name: 'Menu of ' }).click();
    await page.getByRole('menuitem', { name: 'Usage' }).click();
    await page.getByRole('heading', { name: 'This page has not loaded' }).waitFor();
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    await page.unroute(/\/assets\/UsagePage-/);
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await page.getByRole('heading', { name: 'Usage' }).first().waitFor();
    await page.getByRole('heading', { name: 'This page has not loaded' }).waitFor({ state: 'detached' });
  }, 60_000);

  it('reloads once when another version was installed', async () => {
    page = await app.open();
    await page.route(/\/assets\/UsagePage-/, (route) => route.abort());
    await page.reload();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    let reloads = 0;
    page.on('load', () => {
      reloads += 1;
    });
    await page.route(`${app.server.url}/`, (route) =>
      route.request().resourceType() === 'document'
        ? route.continue()
        : route.fulfill({ body: '<script type="module" src="/assets/index-another.js"></script>' }),
    );
    await page.getByRole('button', { name: 'Menu of ' }).click();
    await page.getByRole('menuitem', { name: 'Usage' }).click();
    await page.waitForEvent('load');
    await page.getByRole('heading', { name: 'This page has not loaded' }).waitFor();
    await page.waitForTimeout(1_500);
    expect(reloads).toBe(1);
  }, 60_000);

  it('needs at most 170 kB of code, compressed, to show the sign-in page', async () => {
    page = await app.open('/login', { storageState: { cookies: [], origins: [] } });
    await page.getByLabel('Username').waitFor();
    expect(await codeSizeOf(page)).toBeLessThanOrEqual(170_000);
  }, 60_000);

  it('needs at most 280 kB of code, compressed, to show a plain chat', async () => {
    page = await openWithoutIdleCode(await app.say('A **bold** answer.\n\n- one\n- two'));
    await page.locator('.markdown strong').waitFor();
    expect(await codeSizeOf(page)).toBeLessThanOrEqual(280_000);
  }, 60_000);

  it('opens a menu, a dialog and the details of an answer whose code loads with the press', async () => {
    page = await openWithoutIdleCode(await app.say('An answer.'));
    const menu = page.locator('header').getByRole('button', { name: 'Options for ' });
    await menu.waitFor();
    const asked = Promise.withResolvers<Route>();
    await page.route(/\/assets\/MenuContent-/, asked.resolve);
    await menu.focus();
    await page.keyboard.press('Enter');
    const route = await asked.promise;
    expect(await page.getByRole('menu').count()).toBe(0);
    await route.continue();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Rename');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Rename conversation' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await menu.evaluate((button) => button === document.activeElement)).toBe(true);

    await page.getByRole('button', { name: 'Details of this answer' }).click();
    await page.getByRole('dialog', { name: 'Details of this answer' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Model: / }).click();
    await page.getByRole('menuitemradio').first().waitFor();
  }, 60_000);

  it('keeps what is typed while the code of the palette loads from the message, for the palette', async () => {
    page = await openWithoutIdleCode('/');
    const message = page.getByRole('textbox', { name: 'Message', exact: true });
    await message.fill('a draft');
    const asked = Promise.withResolvers<Route>();
    await page.route(/\/assets\/CommandPalette-/, asked.resolve);
    await page.keyboard.press('Control+K');
    await page.keyboard.type('hot ');
    await page.keyboard.press('Enter');
    await page.keyboard.type('keyx');
    await page.keyboard.press('Backspace');
    await (await asked.promise).continue();
    const field = page.getByRole('combobox');
    await field.waitFor();
    await page.keyboard.type('s');
    await expectSoon(() => field.inputValue()).toBe('hot keys');
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    expect(await message.inputValue()).toBe('a draft');
  }, 60_000);

  it('says so when the code of a menu or a dialog does not load, and opens it once it does', async () => {
    page = await openWithoutIdleCode(await app.say('An answer.'));
    await page.route(/\/assets\/(MenuContent|HotkeyHelp)-/, (route) => route.abort());
    const notice = page.getByText('This could not be loaded. Try again once the server is reachable.');
    await page.getByRole('button', { name: 'Menu of ' }).click();
    await notice.waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('button', { name: 'Hotkeys' }).click();
    await notice.waitFor();
    await page.unroute(/\/assets\/(MenuContent|HotkeyHelp)-/);
    await page.getByRole('button', { name: 'Menu of ' }).click();
    await page.getByRole('menuitem', { name: 'Settings' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Hotkeys' }).click();
    await page.getByRole('dialog', { name: 'Hotkeys' }).waitFor();
  }, 60_000);

  it('paints Markdown first, without moving it', async () => {
    const path = await app.say('A **bold** answer[^1] with $x^2$.\n\n- one\n- two\n\n[^1]: A note.');
    page = await app.open('/login');
    await page.addInitScript(() => {
      const seen = { raw: 0, shift: 0, blank: true };
      Object.assign(window, { seen });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { value, hadRecentInput } = entry as PerformanceEntry & {
            value: number;
            hadRecentInput: boolean;
          };
          if (!hadRecentInput) seen.shift += value;
        }
      }).observe({ type: 'layout-shift', buffered: true });
      const look = () => {
        if (document.body?.textContent?.includes('**bold**')) seen.raw += 1;
        requestAnimationFrame(look);
      };
      look();
    });
    await page.goto(app.server.url + path, { waitUntil: 'commit' });
    await page.locator('.app-skeleton').first().waitFor({ state: 'attached' });
    await page.locator('.markdown strong').waitFor();
    await page.locator('.katex').waitFor();
    await page.waitForTimeout(500);
    const seen = await page.evaluate(
      () => (window as unknown as { seen: { raw: number; shift: number } }).seen,
    );
    expect(seen.raw).toBe(0);
    expect(seen.shift).toBeLessThan(0.05);
  }, 60_000);

  it('keeps text readable and targets large on a phone', async () => {
    const cell = 'a text of several words that would be one word wide';
    const path = await app.say(
      `| ${Array.from({ length: 5 }, () => 'h').join(' | ')} |\n|${'---|'.repeat(5)}\n| ${Array.from({ length: 5 }, () => cell).join(' | ')} |\n\nمرحبا\n\n1. واحد\n2. اثنان`,
      'مرحبا! كيف الحال؟',
    );
    page = await app.open(path, phone);
    await page.getByRole('table').waitFor();
    const widths = await page.getByRole('cell').evaluateAll((cells) => cells.map((one) => one.clientWidth));
    expect(Math.min(...widths)).toBeGreaterThan(200);
    const list = page.locator('.markdown ol');
    const [padding, direction] = await list.evaluate((one) => {
      const { paddingRight, direction: dir } = getComputedStyle(one);
      return [Number.parseFloat(paddingRight), dir];
    });
    expect([direction, (padding as number) > 20]).toEqual(['rtl', true]);
    const bubble = page.getByRole('article', { name: 'You' }).locator('[dir="auto"]').first();
    await expectSoon(() => bubble.evaluate((one) => getComputedStyle(one).direction)).toBe('rtl');
    const small = await page.locator('button:visible, [role="button"]:visible').evaluateAll((all) =>
      all
        .map(
          (one) => [one.getAttribute('aria-label') ?? one.textContent, one.getBoundingClientRect()] as const,
        )
        .filter(([, { width, height }]) => width < 43.5 || height < 43.5)
        .map(([name]) => name),
    );
    expect(small).toEqual([]);
    const main = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(main).toBeLessThanOrEqual(390);
  }, 60_000);

  it('tells a person whose session was ended by an administrator', async () => {
    const { createUser } = await app.client.data<{ createUser: { user: { id: string } } }>(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }',
      { input: { username: 'mia', password: adminPassword, role: 'MEMBER' } },
    );
    page = await app.open('/login', { storageState: { cookies: [], origins: [] } });
    expect(await page.getByText('You were signed out').count()).toBe(0);
    await page.getByLabel('Username').fill('mia');
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await app.client.data('mutation ($id: ID!) { disableUser(input: { id: $id }) { user { id } } }', {
      id: createUser.user.id,
    });
    await page.getByText('You were signed out').waitFor();
    await page.getByLabel('Username').fill('mia');
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Your account is disabled. Ask an administrator.').waitFor();
  }, 60_000);

  it('tells on the test page that a model is not installed', async () => {
    page = await app.open('/llm-test');
    await page.getByRole('combobox', { name: 'Model' }).selectOption('mistral');
    await page.getByText('mistral is not installed').waitFor();
    await page
      .getByRole('option', { name: 'Mistral (Balanced), not installed' })
      .waitFor({ state: 'attached' });
  }, 60_000);
});
