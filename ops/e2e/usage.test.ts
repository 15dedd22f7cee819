import type { Browser, Page } from 'playwright-core';
import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { openSqliteStores } from '../../api/stores/stores.sqlite.ts';
import { describeInChromium, openBrowser } from './harness/browser.ts';
import { type Client, signIn } from './harness/client.ts';
import { expectSoon } from './harness/expectSoon.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

interface Sum {
  readonly generations: number;
  readonly cachedGenerations: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

interface Report {
  readonly total: Sum;
  readonly groups: readonly { readonly key: string; readonly sum: Sum }[];
}

const sum = 'generations cachedGenerations promptTokens completionTokens';
const dayMs = 24 * 60 * 60 * 1000;
const whole = (count: number) => count.toLocaleString('en');
const tokensOf = ({ promptTokens, completionTokens }: Sum) => promptTokens + completionTokens;

describeInChromium('the usage page in Chromium', () => {
  let folder: string;
  let standin: OllamaStandin;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  let client: Client;
  const problems: string[] = [];

  /** Writes usage for 100 days, alternating between two models, with some cached answers. */
  const use = async () => {
    const stores = openSqliteStores({ dataDir: folder });
    const admin = await stores.accounts.findUserByName('admin');
    for (let ago = 0; ago < 100; ago += 1) {
      await stores.usage.add({
        ownerId: admin?.id ?? '',
        day: new Date(Date.now() - ago * dayMs).toISOString().slice(0, 10),
        model: ago % 2 ? 'odd:latest' : 'even:latest',
        generations: 2 + (ago % 3),
        cached: ago % 3,
        promptTokens: 1000 + ago * 17,
        completionTokens: 300 + ago * 5,
      });
    }
    await stores.close();
  };

  beforeAll(async () => {
    [folder, standin, browser] = await Promise.all([makeFolder(), startOllamaStandin(), openBrowser()]);
    const env = { OLLAMA_URL: standin.url, QUOTA_MONTH: '10000000' };
    const first = await startServer({ dataDir: folder, env });
    await first.stop();
    await use();
    server = await startServer({ dataDir: folder, env });
    client = await signIn(server.url, 'admin', adminPassword);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${server.url}/usage`);
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByLabel('Total', { exact: true }).waitFor();
  }, 90_000);

  afterAll(async () => {
    await client?.close();
    await browser?.close();
    await server?.stop();
    await standin?.close();
    await removeFolder(folder);
    expect(problems).toEqual([]);
  }, 60_000);

  const report = async (days: number, by: string) => {
    const from = new Date(Date.now() - (days - 1) * dayMs).toISOString();
    const query = `query ($from: DateTime, $by: UsageGrouping!) {
      usage(from: $from, by: $by) { total { ${sum} } groups { key sum { ${sum} } } }
    }`;
    return (await client.data<{ usage: Report }>(query, { from, by })).usage;
  };

  const ranges = [
    ['7 days', 7],
    ['30 days', 30],
    ['90 days', 90],
    ['This month', new Date().getUTCDate()],
  ] as const;

  it.each(ranges)(
    'for %s shows the figures of the API, in total, by day and by model',
    async (name, days) => {
      await page.getByRole('navigation', { name: 'Range' }).getByRole('link', { name }).click();
      const [byDay, byModel] = await Promise.all([report(days, 'DAY'), report(days, 'MODEL')]);
      expect(byDay.groups).toHaveLength(days);
      const all = page.getByLabel('Total', { exact: true });
      await all.getByText(whole(tokensOf(byDay.total)), { exact: true }).waitFor();
      const text = (await all.textContent()) ?? '';
      for (const count of [
        byDay.total.promptTokens,
        byDay.total.generations,
        byDay.total.cachedGenerations,
      ]) {
        expect(text).toContain(whole(count));
      }

      const table = page.getByRole('table', { name: 'Tokens by day' });
      if (!(await table.isVisible())) await page.getByText('Show as a table').click();
      const rows = await table
        .locator('tbody tr')
        .evaluateAll((found) =>
          found.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)),
        );
      expect(rows).toEqual(
        byDay.groups
          .toReversed()
          .map(({ sum: of }) =>
            [tokensOf(of), of.promptTokens, of.completionTokens, of.generations, of.cachedGenerations].map(
              whole,
            ),
          ),
      );

      const models = page.getByRole('region', { name: 'By model' });
      for (const { key, sum: of } of byModel.groups) {
        const model = await models.getByRole('listitem').filter({ hasText: key }).textContent();
        expect(model).toContain(`${whole(tokensOf(of))} tokens`);
        expect(model).toContain(`${whole(of.generations)} answers`);
        if (of.cachedGenerations) expect(model).toContain(`${whole(of.cachedGenerations)} of them saved`);
      }
    },
    60_000,
  );

  it('shows the quota of the API', async () => {
    type Quota = { readonly used: number; readonly limit: number };
    const { viewer } = await client.data<{ viewer: { quota: Quota[] } }>(
      '{ viewer { quota { used limit } } }',
    );
    const [month] = viewer.quota;
    const shown = page.getByRole('list', { name: 'Quotas' }).getByRole('listitem');
    await expectSoon(() => shown.textContent()).toContain(`${whole(month?.used ?? 0)} of 10,000,000 tokens`);
    await expectSoon(() => page.getByRole('meter').getAttribute('aria-valuenow')).toBe(
      String(Math.floor((month?.used ?? 0) / 100_000)),
    );
  }, 60_000);
});
