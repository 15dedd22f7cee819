import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, openBrowser } from './harness/browser.ts';
import { expectSoon } from './harness/expectSoon.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

describeInBrowser('API keys in Chromium', () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await makeFolder();
    [server, browser] = await Promise.all([startServer({ dataDir: folder }), openBrowser()]);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${server.url}/settings`);
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolder(folder);
    expect(problems).toEqual([]);
  }, 60_000);

  const keys = () => page.getByRole('list', { name: 'API keys' });
  const statusWith = async (key: string) =>
    (await fetch(`${server.url}/v1/models`, { headers: { Authorization: `Bearer ${key}` } })).status;

  it('are created, shown once, used, listed and revoked', async () => {
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('editor');
    await dialog.getByRole('checkbox', { name: 'Read' }).check();
    await dialog.getByRole('button', { name: 'Create key' }).click();
    const key = await dialog.getByLabel('The key', { exact: true }).inputValue();
    expect(key).toMatch(/^zk_[\w-]{43}$/);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(key.slice(3));

    expect(await statusWith(key)).toBe(200);
    await page.reload();
    await keys().getByText('editor').waitFor();
    const row = (await keys().textContent()) ?? '';
    expect(row).toContain(`zk_…${key.slice(-4)}`);
    expect(row).toContain('May read and chat, ends in 90 days');
    expect(row).toContain('used just now');

    await page.getByRole('button', { name: 'Revoke editor' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await keys().waitFor({ state: 'detached' });
    expect(await statusWith(key)).toBe(401);
  }, 90_000);

  it('show which input is missing', async () => {
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('nothing');
    await dialog.getByRole('checkbox', { name: 'Chat' }).uncheck();
    await dialog.getByRole('button', { name: 'Create key' }).click();
    await expectSoon(() => dialog.getByRole('alert').textContent()).toContain('no scope');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }, 60_000);
});
