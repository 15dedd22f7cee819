import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { describeInChromium, openBrowser } from './harness/browser.ts';
import { type Client, signIn } from './harness/client.ts';
import { expectSoon } from './harness/expectSoon.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

const password = 'correct horse battery';

describeInChromium("the administrators' page in Chromium", () => {
  let folder: string;
  let standin: OllamaStandin;
  let server: ServerProcess;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let admin: Client;
  let alice: Client;
  const problems: string[] = [];

  beforeAll(async () => {
    [folder, standin, browser] = await Promise.all([makeFolder(), startOllamaStandin(), openBrowser()]);
    server = await startServer({
      dataDir: folder,
      env: { OLLAMA_URL: standin.url, RATE_LIMIT: 'MEMBER=1/1h' },
    });
    admin = await signIn(server.url, 'admin', adminPassword);
    await admin.data('mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', {
      input: { username: 'alice', password, role: 'MEMBER' },
    });
    alice = await signIn(server.url, 'alice', password);
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(30_000);
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${server.url}/admin`);
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('list', { name: 'All users' }).waitFor();
  }, 90_000);

  afterAll(async () => {
    await admin?.close();
    await alice?.close();
    await browser?.close();
    await server?.stop();
    await standin?.close();
    await removeFolder(folder);
    expect(problems).toEqual([]);
  }, 60_000);

  const open = async (section: string) => {
    await page
      .getByRole('navigation', { name: 'Administration' })
      .getByRole('link', { name: section })
      .click();
    return page.getByRole('region', { name: section });
  };

  it('shows the running answers of others without their content, and cancels them', async () => {
    const activity = await open('Activity');
    await activity.getByText('No answers are running.').waitFor();
    standin.play({ tokens: Array.from({ length: 5000 }, () => 'word '), tokensPerSecond: 20 });
    const { generation } = await alice.generate({ prompt: 'A question of mine' });
    const { generation: own } = await admin.generate({ prompt: 'One of the administrator' });

    // It appears without a reload.
    const row = activity.getByRole('listitem').filter({ hasText: 'alice' });
    await row.getByText('Running').waitFor();
    await activity.getByText('2 running, 0 waiting').waitFor();
    await activity.getByRole('listitem').filter({ hasText: 'You' }).getByText('admin').waitFor();
    await row.getByText(/^For [1-9]\d* s/).waitFor();
    await expectSoon(() => row.textContent()).toContain('in a conversation');
    expect(await page.getByRole('main').textContent()).not.toContain('A question of mine');

    const left = standin.left();
    await row.getByRole('button', { name: 'Stop the answer for alice' }).click();
    await left;
    expect(standin.running).toBe(1);
    await row.waitFor({ state: 'detached' });
    expect((await alice.finished(generation.id)).status).toBe('CANCELLED');
    const alsoLeft = standin.left();
    await activity.getByRole('button', { name: 'Stop the answer for admin' }).click();
    await alsoLeft;
    await activity.getByText('No answers are running.').waitFor();
    expect(standin.running).toBe(0);
    expect((await admin.finished(own.id)).status).toBe('CANCELLED');
  }, 60_000);

  it('shows who reached which limit, how often, and where it is configured', async () => {
    const limits = await open('Limits hit');
    await limits.getByText('No limit was hit in the last 24 hours.').waitFor();
    for (let count = 0; count < 3; count += 1) {
      await expect(alice.generate({ prompt: 'Again' })).rejects.toThrow('too many answers');
    }
    await page.reload();
    const row = limits.getByRole('listitem').filter({ hasText: 'alice' });
    await row.getByText('3 times').waitFor();
    await expectSoon(() => row.textContent()).toMatch(/asked for answers too often.*RATE_LIMIT/);
  }, 60_000);

  it('shows the usage of each user by model, with the last activity', async () => {
    const usage = await open('Usage');
    const row = usage
      .getByRole('list', { name: 'By user' })
      .getByRole('listitem')
      .filter({ hasText: 'alice' });
    await row
      .first()
      .getByText(/^Last active/)
      .waitFor();
    await row.first().getByRole('listitem').getByText('stand-in').waitFor();
    await usage
      .getByRole('navigation', { name: 'Range' })
      .getByRole('link', { name: '7 days' })
      .press('Enter');
    await page.waitForURL(/admin\/usage\?range=7/);
    await row
      .first()
      .getByText(/tokens/)
      .first()
      .waitFor();
    const users = await open('Users');
    await users
      .getByRole('listitem')
      .filter({ hasText: 'alice' })
      .getByText(/Last active/)
      .first()
      .waitFor();
  }, 60_000);

  it('sets a quota of a user, which applies at once, and removes it', async () => {
    const users = await open('Users');
    const row = users.getByRole('listitem').filter({ hasText: 'alice' }).first();
    const dialog = page.getByRole('dialog', { name: 'Quota of alice' });
    const ask = async () => {
      await row.getByRole('button', { name: 'Options for alice' }).click();
      await page.getByRole('menuitem', { name: 'Quota…' }).click();
    };
    const save = () => dialog.getByRole('button', { name: 'Save' }).click();
    const month = dialog.getByRole('textbox', { name: 'Tokens a month' });
    const bars = row.getByRole('meter');
    // With an idempotency key, as the clients send it: it may be a retry, so the plugin lets the service decide.
    const refusal = async () => {
      const { errors } = await alice.query(
        `mutation { generate(input: { prompt: "Hi", idempotencyKey: "${randomUUID()}" }) { generation { id } } }`,
      );
      return errors?.[0]?.extensions?.code;
    };

    await ask();
    await dialog.getByText('Member: no limit').first().waitFor();
    await dialog.getByRole('textbox', { name: 'Tokens a day' }).fill('0');
    await month.fill('a few');
    await save();
    await dialog.getByRole('alert').getByText('“a few” isn’t a whole number of tokens').waitFor();
    await month.fill('1,000,000');
    await save();
    await dialog.waitFor({ state: 'detached' });
    await row.getByText(/ of 0$/).waitFor();
    await row.getByText(/ of 1M$/).waitFor();
    await expectSoon(() => bars.first().getAttribute('aria-valuetext')).toBe('100 % used');
    expect(await refusal()).toBe('QUOTA_EXCEEDED');

    await ask();
    await expectSoon(() => month.inputValue()).toBe('1,000,000');
    for (const asRole of await dialog.getByRole('radio', { name: 'Same as the role' }).all()) {
      await asRole.check();
    }
    await save();
    await dialog.waitFor({ state: 'detached' });
    await bars.first().waitFor({ state: 'detached' });
    // The rate limit is used up by now, but the service checks the quota first.
    expect(await refusal()).toBe('RATE_LIMITED');
  }, 60_000);

  it('shows the API keys of all users, and revokes one', async () => {
    type Made = { readonly createApiKey: { readonly secret: string } };
    const { createApiKey } = await alice.data<Made>(
      'mutation { createApiKey(input: { name: "My editor", scopes: [CHAT] }) { secret } }',
    );
    const ask = () =>
      fetch(`${server.url}/v1/models`, { headers: { Authorization: `Bearer ${createApiKey.secret}` } });
    expect((await ask()).status).toBe(200);

    const keys = await open('API keys');
    const row = keys.getByRole('listitem').filter({ hasText: 'My editor' });
    await row.getByText('alice').waitFor();
    expect(await page.content()).not.toContain(createApiKey.secret);
    await row.getByRole('button', { name: 'Revoke My editor of alice' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await keys.getByText('There are no API keys.').waitFor();
    expect((await ask()).status).toBe(401);
  }, 60_000);

  it('shows what callers hold, of all resources or of one', async () => {
    const held = await open('Resources');
    const rows = held.getByRole('list', { name: 'Held resources' }).getByRole('listitem');
    await rows.filter({ hasText: 'admin' }).filter({ hasText: 'Open sockets' }).first().waitFor();
    await held.getByRole('combobox', { name: 'Resource' }).selectOption({ label: 'Stored data' });
    await rows.filter({ hasText: 'alice' }).filter({ hasText: 'Stored data' }).waitFor();
    expect(await rows.filter({ hasText: 'Open sockets' }).count()).toBe(0);
    await page.reload();
    await rows.filter({ hasText: 'alice' }).waitFor();
    await held.getByRole('combobox', { name: 'Resource' }).selectOption({ label: 'Reserved tokens' });
    await held.getByText('Nobody uses any of it now.').waitFor();
    await held.getByRole('button', { name: 'Refresh' }).press('Enter');
    await held.getByText('Nobody uses any of it now.').waitFor();
  }, 60_000);

  it('places legal holds, which keep data from being deleted, and releases them', async () => {
    await (await open('Legal holds')).getByText('No data is under a legal hold.').waitFor();
    const users = await open('Users');
    const row = users.getByRole('listitem').filter({ hasText: 'alice' }).first();
    const dialog = page.getByRole('dialog', { name: 'Legal hold on alice' });
    const choose = async (item: string) => {
      await row.getByRole('button', { name: 'Options for alice' }).click();
      await page.getByRole('menuitem', { name: item, exact: true }).click();
    };
    const { conversation } = await alice.data<{ conversation: { conversation: { id: string } } }>(
      'mutation { conversation: createConversation(input: { title: "Held" }) { conversation { id } } }',
    );

    await choose('Legal hold…');
    await expectSoon(() => dialog.getByLabel('Reason').evaluate((field) => field.matches(':focus'))).toBe(
      true,
    );
    await page.keyboard.type('Case 7');
    await dialog.getByLabel('Conversation').fill(`${server.url}/chat/nothing`);
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Conversation').fill(`${server.url}/chat/${conversation.conversation.id}`);
    await page.keyboard.press('Enter');
    await page.getByText('The data of alice is under a legal hold.').waitFor();
    await choose('Legal hold…');
    await dialog.getByLabel('Reason').fill('Case 8');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });

    await choose('Delete');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Data of this account is under a legal hold').waitFor();
    await row.waitFor();

    const holds = await open('Legal holds');
    const held = holds.getByRole('list', { name: 'All legal holds' }).getByRole('listitem');
    await expectSoon(() => held.allTextContents()).toEqual([
      expect.stringMatching(/alice.*all data.*Case 8.*placed by admin/),
      expect.stringMatching(/alice.*conversation.*Case 7.*placed by admin/),
    ]);
    for (const reason of ['Case 8', 'Case 7']) {
      await holds.getByRole('button', { name: `Release the hold on alice: ${reason}` }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Release' }).click();
      await held.filter({ hasText: reason }).waitFor({ state: 'detached' });
    }
    await holds.getByText('No data is under a legal hold.').waitFor();
    await page.reload();
    await holds.getByText('No data is under a legal hold.').waitFor();
  }, 60_000);
});
