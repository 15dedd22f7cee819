import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { describeInChromium, openBrowser } from './harness/browser.ts';
import { type Client, signIn } from './harness/client.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

describeInChromium('the audit log in Chromium', () => {
  let folder: string;
  let standin: OllamaStandin;
  let server: ServerProcess;
  let browser: Browser;
  let client: Client;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    [folder, standin, browser] = await Promise.all([makeFolder(), startOllamaStandin(), openBrowser()]);
    const env = { OLLAMA_URL: standin.url, RATE_LIMIT: '1/1h' };
    server = await startServer({ dataDir: folder, env });
    client = await signIn(server.url, 'admin', adminPassword);
    const { generation } = await client.generate({ prompt: 'A question that no other user may read' });
    await client.finished(generation.id);
    await expect(client.generate({ prompt: 'One too many' })).rejects.toThrow('too many answers');

    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${server.url}/admin`);
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('link', { name: 'Audit log' }).click();
    await events().first().waitFor();
  }, 90_000);

  afterAll(async () => {
    await client?.close();
    await browser?.close();
    await server?.stop();
    await standin?.close();
    await removeFolder(folder);
    expect(problems).toEqual([]);
  }, 60_000);

  const events = () => page.getByRole('list', { name: 'Events' }).getByRole('listitem');
  /** Resolves to the rows of the list once they match. */
  const shows = async (...lines: readonly RegExp[]) => {
    await events()
      .nth(lines.length - 1)
      .waitFor();
    await events().nth(lines.length).waitFor({ state: 'detached' });
    const shown = await events().allTextContents();
    expect(shown).toHaveLength(lines.length);
    for (const [index, line] of lines.entries()) expect(shown[index]).toMatch(line);
  };

  it('lists actions, newest first, and shows their details', async () => {
    await page.getByLabel('What', { exact: true }).selectOption('Answers');
    await shows(
      /^Ask for an answer[\s\S]*RATE_LIMITED/,
      /^End of an answer/,
      /^Ask for an answer[\s\S]*admin/,
    );
    await events().last().locator('summary').click();
    const facts = await events().last().textContent();
    expect(facts).toMatch(/Length of the prompt38/);
    expect(facts).toMatch(/Hash[0-9a-f]{64}/);
    expect(facts).not.toContain('no other user');
  });

  it('filters by user and by denied actions', async () => {
    await page.getByLabel('Only denied').check();
    await shows(/^Ask for an answer[\s\S]*RATE_LIMITED/);
    await page.getByLabel('Who').fill('nobody');
    await page.getByText('No matching events.').waitFor();
    await page.getByLabel('Who').fill('ADMIN');
    await shows(/^Ask for an answer[\s\S]*RATE_LIMITED/);
  });

  it('reports a range without days at once, and keeps the list', async () => {
    await page.getByLabel('From').fill('2026-02-28');
    await page.getByLabel('To', { exact: true }).fill('2026-02-27');
    await page.getByRole('alert').getByText('Choose an earlier start').waitFor();
    await shows(/^Ask for an answer/);
    await page.getByLabel('From').fill('');
    await page.getByLabel('To', { exact: true }).fill('');
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('exports the filtered list as a file', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'CSV' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^ziggie-audit-\d{4}-\d\d-\d\d\.csv$/);
    const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^seq,at,action,outcome,username/);
    expect(lines[1]).toMatch(/,GENERATE,RATE_LIMITED,admin,/);
  });
});
