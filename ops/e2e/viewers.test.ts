import type { Browser, Page, Response } from 'playwright-core';
import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { describeInChromium, openBrowser } from './harness/browser.ts';
import { signIn } from './harness/client.ts';
import { expectSoon } from './harness/expectSoon.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

const password = 'correct horse battery';

describeInChromium('a viewer, in Chromium', () => {
  let folder: string;
  let standin: OllamaStandin;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  /** Opens another page of the viewer, with a storage of its own. */
  let openPage: () => Promise<Page>;
  /** The path of a conversation with a cancelled answer, and a message with two versions. */
  let conversation: string;
  const looks: Promise<string | null>[] = [];

  /** Resolves to the rejected request, or null. Responses to a page that was left can't be read. */
  const refusalIn = async (response: Response): Promise<string | null> => {
    if (response.status() === 403) return response.url();
    if (!response.url().endsWith('/graphql')) return null;
    const text = await response.text().catch(() => '');
    return text.includes('"FORBIDDEN"') ? `${response.request().postData()} ${text}` : null;
  };
  const refused = async () => (await Promise.all(looks)).filter((refusal) => refusal !== null);

  const prepare = async () => {
    const admin = await signIn(server.url, 'admin', adminPassword);
    const { createUser } = await admin.data<{ createUser: { user: { id: string } } }>(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }',
      { input: { username: 'vera', password, role: 'MEMBER' } },
    );
    const vera = await signIn(server.url, 'vera', password);
    const { conversation: made, userMessageEdge, generation } = await vera.generate({ prompt: 'First' });
    await vera.finished(generation.id);
    standin.play({ tokens: Array.from({ length: 1000 }, () => 'word '), tokensPerSecond: 50 });
    const { editMessage } = await vera.data<{ editMessage: { generation: { id: string } } }>(
      'mutation ($input: EditMessageInput!) { editMessage(input: $input) { generation { id } } }',
      { input: { messageId: userMessageEdge.node.id, content: 'Second' } },
    );
    for await (const { delta } of vera.watch(editMessage.generation.id)) if (delta) break;
    await vera.data('mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { id } } }', {
      id: editMessage.generation.id,
    });
    await admin.data('mutation ($input: SetUserRoleInput!) { setUserRole(input: $input) { user { id } } }', {
      input: { id: createUser.user.id, role: 'VIEWER' },
    });
    await Promise.all([admin.close(), vera.close()]);
    return `/chat/${made.id}`;
  };

  beforeAll(async () => {
    [folder, standin, browser] = await Promise.all([makeFolder(), startOllamaStandin(), openBrowser()]);
    server = await startServer({ dataDir: folder, env: { OLLAMA_URL: standin.url } });
    conversation = await prepare();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(20_000);
    page = await context.newPage();
    await page.goto(server.url);
    await page.getByLabel('Username').fill('vera');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Your account is read-only').waitFor();
    page.on('response', (response) => looks.push(refusalIn(response)));
    const storageState = await context.storageState();
    openPage = async () => {
      const other = await browser.newContext({ viewport: { width: 1280, height: 800 }, storageState });
      other.setDefaultTimeout(20_000);
      const opened = await other.newPage();
      opened.on('response', (response) => looks.push(refusalIn(response)));
      return opened;
    };
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await standin?.close();
    await removeFolder(folder);
  }, 60_000);

  /** Returns the enabled buttons of a path; in a conversation only once its messages are shown. */
  const buttons = async (page: Page, path: string) => {
    await page.goto(server.url + path);
    const pages = page.getByRole('navigation', { name: 'Pages' });
    const show = page.getByRole('button', { name: 'Show the sidebar' });
    await pages.or(show).first().waitFor();
    // One of the pressed buttons has hidden it, which the browser remembers.
    if (await show.isVisible()) await show.click();
    await pages.waitFor();
    if (path === conversation) await page.getByText('Stopped.').waitFor();
    await page.waitForLoadState('networkidle');
    return page.locator('button:visible:enabled');
  };

  it('can read everything, and is offered no control that changes it', async () => {
    const names = await (await buttons(page, conversation)).evaluateAll((all) =>
      all.map((each) => each.getAttribute('aria-label') ?? each.textContent ?? ''),
    );
    expect(names).toContain('Copy message');
    const changing = /send|edit|regenerate|again|continue|version|rename|delete|model/i;
    expect(names.filter((name) => changing.test(name))).toEqual([]);
    await page.getByRole('button', { name: 'Options for First' }).first().click();
    await expectSoon(() => page.getByRole('menuitem').allTextContents()).toEqual(['Export']);
    await page.keyboard.press('Escape');
    await page.getByText('2/2').first().waitFor();
    expect(await page.getByRole('textbox', { name: 'Message' }).count()).toBe(0);
  }, 60_000);

  it('can press every button on each page, and no request is rejected', async () => {
    const pressAll = async (paths: readonly string[]): Promise<number> => {
      const own = await openPage();
      let pressed = 0;
      for (const path of paths) {
        const count = await (await buttons(own, path)).count();
        for (let index = 0; index < count; index += 1) {
          const button = (await buttons(own, path)).nth(index);
          const name = (await button.textContent()) ?? '';
          // These end the session or the account, which every role may do.
          if (/sign out|delete account/i.test(name)) continue;
          await button.click();
          pressed += 1;
          await own.waitForLoadState('networkidle');
        }
      }
      return pressed;
    };
    // Side by side, because most of the time passes until the network of a page is idle.
    const counts = await Promise.all(
      [
        ['/', '/settings'],
        [conversation, '/usage'],
        ['/models', '/llm-test', '/admin'],
      ].map(pressAll),
    );
    const pressed = counts.reduce((sum, count) => sum + count, 0);
    expect(pressed).toBeGreaterThan(20);
    expect(await refused()).toEqual([]);
    // A rejected request would have been detected.
    await page.evaluate(async () => {
      const query = 'mutation { createConversation(input: {}) { conversation { id } } }';
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
      return answer.text();
    });
    await expectSoon(async () => (await refused()).length).toBe(1);
  }, 240_000);
});
