import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { describeInChromium, openBrowser } from './harness/browser.ts';
import { type Client, signIn } from './harness/client.ts';
import { expectSoon } from './harness/expectSoon.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

const password = 'correct horse battery';
const minute = 60_000;

const makeUser = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }';

describeInChromium('limits in the web app in Chromium', () => {
  let folder: string;
  let standin: OllamaStandin;
  let server: ServerProcess;
  let browser: Browser;
  let admin: Client;
  const contexts: BrowserContext[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    [folder, standin, browser] = await Promise.all([makeFolder(), startOllamaStandin(), openBrowser()]);
    const env = { OLLAMA_URL: standin.url, RATE_LIMIT: 'MEMBER=2/8s', CACHE_TTL_S: '0' };
    server = await startServer({ dataDir: folder, env });
    admin = await signIn(server.url, 'admin', adminPassword);
  }, 90_000);
  afterEach(async () => {
    standin.play({});
    for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await admin?.close();
    await browser?.close();
    await server?.stop();
    await standin?.close();
    await removeFolder(folder);
    expect(problems).toEqual([]);
  }, minute);

  /** Creates a user, signs in, and opens a page at `path`. */
  const signUp = async (username: string, path = '/') => {
    type Made = { readonly createUser: { readonly user: { readonly id: string } } };
    const { createUser } = await admin.data<Made>(makeUser, {
      input: { username, password, role: 'MEMBER' },
    });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    contexts.push(context);
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(server.url + path);
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    return { page, id: createUser.user.id };
  };
  const give = (id: string, day: number) =>
    admin.data(
      'mutation ($id: ID!, $day: Float) { setUserQuota(input: { id: $id, day: $day }) { user { id } } }',
      {
        id,
        day,
      },
    );

  const field = (page: Page) => page.getByRole('textbox', { name: 'Message' });
  const send = async (page: Page, text: string) => {
    await field(page).fill(text);
    await field(page).press('Enter');
  };
  const answers = (page: Page) => page.getByRole('article', { name: 'Answer' });
  const ended = (page: Page, count: number) =>
    answers(page)
      .nth(count - 1)
      .and(page.locator('[aria-busy="false"]'))
      .waitFor();

  it(
    'a user over the rate limit keeps the text, sees how long to wait, and can send it then',
    async () => {
      const { page } = await signUp('hasty');
      await send(page, 'One');
      await ended(page, 1);
      await send(page, 'Two');
      await ended(page, 2);
      await send(page, 'Three, with care');
      const reason = page.getByText(/too many answers: .* You can send again in \d s\./);
      await reason.filter({ visible: true }).first().waitFor();
      await expectSoon(() => field(page).inputValue()).toBe('Three, with care');
      const button = page.getByRole('button', { name: 'Send' });
      await expectSoon(() => button.getAttribute('aria-disabled')).toBe('true');
      await expectSoon(() => answers(page).count()).toBe(2);

      // It counts down, but doesn't send the text.
      await page.getByRole('status', { name: 'Announcements' }).getByText('You can send again.').waitFor();
      await expectSoon(() => button.getAttribute('aria-disabled')).toBeNull();
      await expectSoon(() => answers(page).count()).toBe(2);
      await expectSoon(() => field(page).inputValue()).toBe('Three, with care');
      await field(page).press('Enter');
      await ended(page, 3);
    },
    minute,
  );

  it(
    'a user sees once that a quota is nearly used up, and sees when it is used up before writing',
    async () => {
      const { page, id } = await signUp('thrifty');
      // The stand-in reports 7 prompt tokens, and the tokens of the answer: 47 in total.
      await give(id, 55);
      standin.play({ tokens: Array.from({ length: 40 }, () => 'word ') });
      await send(page, 'Hey.');
      await ended(page, 1);
      const warning = page.getByText(
        /You have used 85 % of today’s tokens: 8 are left until 00:00 UTC \(in /,
      );
      await warning.filter({ visible: true }).first().waitFor();
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await page.reload();
      await answers(page).first().waitFor();
      expect(await page.getByRole('button', { name: 'Dismiss' }).count()).toBe(0);

      // The rest is used up during the next answer, whose text so far is kept. Its prompt, with the earlier messages,
      // has about 70 tokens.
      await give(id, 130);
      await send(page, 'Hey.');
      await page.getByText('Your tokens were used up before this answer was finished.').waitFor();
      await page
        .getByText(/You have used today’s 130 tokens\. The quota resets at 00:00 UTC/)
        .first()
        .waitFor();
      await field(page).fill('A thought');
      await field(page).press('Enter');
      await expectSoon(() => field(page).inputValue()).toBe('A thought');

      await give(id, 1000);
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.getByRole('button', { name: 'Refresh' }).waitFor({ state: 'detached' });
      await expectSoon(() => field(page).inputValue()).toBe('A thought');
    },
    minute,
  );

  it(
    'users see their usage by day and by model, as the API reports it',
    async () => {
      const { page, id } = await signUp('curious');
      await give(id, 100);
      await send(page, 'Hey.');
      await ended(page, 1);
      await page.getByRole('button', { name: 'Menu of ' }).click();
      await page.getByRole('menuitem', { name: 'Usage' }).click();
      const all = page.getByLabel('Total', { exact: true });
      await all.waitFor();
      // 7 prompt tokens and 3 completion tokens.
      await expectSoon(() => all.textContent()).toMatch(/Tokens10.*7 read, 3 written.*Answers1/);
      await expectSoon(() => page.getByRole('meter').getAttribute('aria-valuetext')).toBe(
        '10 % used, 90 tokens left',
      );
      await expectSoon(() =>
        page.getByRole('listitem').filter({ hasText: 'stand-in' }).last().textContent(),
      ).toContain('10 tokens, 1 answer');
      await page.getByText('Show as a table').click();
      const today = new Date().toISOString().slice(8, 10).replace(/^0/, '');
      const row = page.getByRole('table', { name: 'Tokens by day' }).getByRole('row').nth(1);
      await expectSoon(() => row.textContent()).toMatch(new RegExp(`${today}.*10`));
      await page.getByRole('navigation', { name: 'Range' }).getByRole('link').nth(1).click();
      await page.waitForURL(/range=/);
      await all.waitFor();
    },
    minute,
  );

  it(
    'a viewer finds no control that the server rejects',
    async () => {
      const { page, id } = await signUp('reader');
      await send(page, 'A first question');
      await ended(page, 1);
      await admin.data(
        'mutation ($id: ID!) { setUserRole(input: { id: $id, role: VIEWER }) { user { id } } }',
        {
          id,
        },
      );
      await page.reload();
      await answers(page).first().waitFor();
      await page.getByText('Your account is read-only.').waitFor();
      await answers(page).first().hover();
      const names = await page
        .getByRole('main')
        .getByRole('button')
        .evaluateAll((buttons) =>
          buttons.map((button) => button.getAttribute('aria-label') ?? button.textContent ?? ''),
        );
      const refused = /send|edit|again|regenerate|continue|rename|delete|pin|archive|model|stop/i;
      expect(names.filter((name) => refused.test(name))).toEqual([]);
      await page
        .getByRole('button', { name: /^Options for/ })
        .first()
        .click();
      await expectSoon(() => page.getByRole('menuitem').allTextContents()).toEqual(['Export']);
      await page.keyboard.press('Escape');
      expect(await page.getByRole('link', { name: 'New chat' }).count()).toBe(0);
      await page.goto(`${server.url}/llm-test`);
      await page
        .getByText(/read-only/)
        .first()
        .waitFor();
      expect(await page.getByRole('button', { name: /send|ask/i }).count()).toBe(0);
    },
    minute,
  );
});
