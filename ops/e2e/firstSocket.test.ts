import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeInChromium, openBrowser } from './harness/browser.ts';
import { startTarget, type Target } from './harness/target.ts';
import { startUpgradeProxy, type UpgradeProxy } from './harness/upgradeProxy.ts';
import { enter } from './harness/watchedPage.ts';

/** The timeout of page actions, in ms. */
const limitMs = 20_000;

describeInChromium('a page whose first socket opens late, in Chromium', () => {
  let target: Target;
  let proxy: UpgradeProxy;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    [target, browser] = await Promise.all([startTarget(), openBrowser()]);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await target?.close();
  }, 60_000);

  beforeEach(async () => {
    proxy = await startUpgradeProxy(target.server.url);
    context = await browser.newContext();
    context.setDefaultTimeout(limitMs);
    page = await context.newPage();
    await enter(page, proxy.url, 'alice', target.password);
  }, 60_000);
  afterEach(async () => {
    await context?.close();
    await proxy?.close();
  });

  /** Sends a prompt from another device, and waits for the answer. Resolves to the conversation's id. */
  const askElsewhere = async (prompt: string, conversationId?: string): Promise<string> => {
    const { conversation, generation } = await target.alice.generate({ prompt, conversationId });
    await target.alice.finished(generation.id);
    return conversation.id;
  };
  const shows = (text: string) => page.getByRole('log').getByText(text, { exact: true }).waitFor();
  const prompts = async (): Promise<readonly string[]> =>
    ((await page.getByRole('log').textContent()) ?? '').match(/\w+ question/g) ?? [];

  it('shows a message that another device sent before', async () => {
    const id = await askElsewhere('First question');
    await page.goto(`${proxy.url}/chat/${id}`);
    await shows('First question');
    await page.waitForTimeout(4000);
    expect(proxy.refused()).toBeGreaterThan(1);
    await askElsewhere('Second question', id);
    await askElsewhere('Of another conversation');
    proxy.allowUpgrades(true);

    await shows('Second question');
    await page.getByRole('link', { name: 'Of another conversation' }).first().waitFor();
    await askElsewhere('Third question', id);
    await shows('Third question');
    expect(await prompts()).toEqual(['First question', 'Second question', 'Third question']);
  }, 120_000);

  it('shows an answer that another device continued before', async () => {
    target.engine.play({ tokens: Array.from({ length: 400 }, () => 'word '), tokensPerSecond: 100 });
    const { conversation, generation } = await target.alice.generate({ prompt: 'Long question' });
    for await (const { delta } of target.alice.watch(generation.id)) if (delta) break;
    await target.alice.data(
      'mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { id } } }',
      {
        id: generation.id,
      },
    );
    await page.goto(`${proxy.url}/chat/${conversation.id}`);
    await page.getByRole('button', { name: 'Continue' }).waitFor();
    target.engine.play({ tokens: ['and ', 'the ', 'end.'] });
    await target.alice.data(
      'mutation ($id: ID!) { continueGeneration(input: { id: $id }) { generation { id } } }',
      { id: generation.id },
    );
    await target.alice.finished(generation.id);
    proxy.allowUpgrades(true);
    await page.getByRole('log').getByText('the end.').waitFor();
  }, 120_000);

  it('shows a message that was sent after the page was read and before it arrived', async () => {
    proxy.allowUpgrades(true);
    const id = await askElsewhere('First question');
    const read = Promise.withResolvers<void>();
    const arrive = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      if (route.request().postDataJSON()?.operationName !== 'ConversationPageQuery') return route.continue();
      const response = await route.fetch();
      read.resolve();
      await arrive.promise;
      return route.fulfill({ response });
    });
    await page.goto(`${proxy.url}/chat/${id}`);
    await read.promise;
    await page.getByRole('link', { name: 'First question' }).first().waitFor();
    await askElsewhere('Second question', id);
    arrive.resolve();
    await shows('First question');
    await shows('Second question');
  }, 120_000);
});
