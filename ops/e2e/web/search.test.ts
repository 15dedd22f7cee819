import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, startChatApp } from './chatApp.ts';

describeInChromium('search and actions, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const palette = () => page.getByRole('dialog', { name: 'Search and actions' });
  const open = () => page.keyboard.press('Control+K');
  const choose = async (words: string, option: string | RegExp) => {
    await open();
    await page.keyboard.type(words);
    await palette().getByRole('option', { name: option }).and(page.locator('[aria-selected=true]')).waitFor();
    await page.keyboard.press('Enter');
    await palette().waitFor({ state: 'detached' });
  };

  it('finds a message far up by its words, jumps to it, and highlights them', async () => {
    app.play({ tokens: ['The **Zeppelin** flies.'] });
    const first = await app.client.generate({ prompt: 'Tell me of airships' });
    await app.client.finished(first.generation.id);
    app.play({ tokens: ['A short answer. '.repeat(20)] });
    for (let index = 1; index < 45; index += 1) {
      const next = await app.client.generate({
        prompt: `Question ${index}`,
        conversationId: first.conversation.id,
      });
      await app.client.finished(next.generation.id);
    }
    page = await app.open();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await open();
    await expectSoon(() => focused(page)).toBe('input Search conversations, messages and actions');
    await palette().getByRole('option', { name: 'Tell me of airships' }).waitFor();
    await page.keyboard.type('zepp');
    const hit = palette().getByRole('option', { name: /The \*\*Zeppelin\*\* flies/ });
    await hit.and(page.locator('[aria-selected=true]')).waitFor();
    await expectSoon(() => hit.locator('mark').textContent()).toBe('Zeppelin');
    await page.keyboard.press('Enter');
    const answer = page.locator('[data-target]').getByText('Zeppelin');
    await answer.waitFor();
    await page.waitForFunction(() => document.activeElement?.hasAttribute('data-target'));
    const box = await answer.boundingBox();
    expect(box?.y).toBeGreaterThan(0);
    expect(box?.y).toBeLessThan(800);
    await page.waitForFunction(() => {
      const [range] = CSS.highlights.get('search') ?? [];
      return range?.toString() === 'Zeppelin';
    });
    // Sending from here continues the conversation at its end.
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('And now?');
    await page.getByRole('textbox', { name: 'Message', exact: true }).press('Enter');
    await page.getByRole('article', { name: 'You' }).filter({ hasText: 'And now?' }).waitFor();
  }, 120_000);

  it('finds a message of another version, and selects that version', async () => {
    app.play({ tokens: ['The unicorn version.'] });
    const { generation, assistantMessageEdge } = await app.client.generate({ prompt: 'Two versions' });
    await app.client.finished(generation.id);
    app.play({ tokens: ['The other version.'] });
    await app.client.data(
      'mutation ($id: ID!) { regenerate(input: { messageId: $id }) { generation { id } } }',
      {
        id: assistantMessageEdge.node.id,
      },
    );
    page = await app.open();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await choose('unicorn', /The unicorn version/);
    await page.locator('[data-target]').getByText('The unicorn version.').waitFor();
    await page.getByText('1/2').waitFor();
  }, 60_000);

  it('runs actions, and is left with Escape', async () => {
    page = await app.open(await app.say('Fine.', 'An old title'));
    await page.getByRole('heading', { name: 'An old title' }).waitFor();
    await page.getByRole('textbox', { name: 'Message' }).focus();
    await open();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Escape');
    await palette().waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Message');
    await choose('rename', 'Rename this conversation');
    await page.getByRole('dialog', { name: 'Rename conversation' }).waitFor();
    await page.keyboard.type('A new title');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'A new title' }).waitFor();
    const isDark = () => page.evaluate(() => document.documentElement.classList.contains('dark'));
    const before = await isDark();
    await choose('theme', /^Switch to/);
    await expectSoon(isDark).toBe(!before);
    await open();
    await page.keyboard.type('qwertz');
    await palette().getByText('Nothing has these words.').waitFor();
    await page.keyboard.press('Escape');
    await choose('usage', 'Go to usage');
    await page.getByRole('heading', { name: 'Usage' }).first().waitFor();
    await choose('new chat', 'New chat');
    await page.waitForURL((url) => url.pathname === '/');
  }, 60_000);

  it('moves from the search field of the list to its conversations with the arrow keys', async () => {
    await app.say('Fine.', 'Kangaroo one');
    await app.say('Fine.', 'Kangaroo two');
    page = await app.open();
    const search = page.getByRole('searchbox', { name: 'Search conversations' });
    await search.fill('kang');
    await page.getByRole('button', { name: 'Show messages with “kang”' }).waitFor();
    await search.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Kangaroo one'));
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await expectSoon(() => focused(page)).toBe('input Search conversations');
    await page.getByRole('button', { name: 'Show messages with “kang”' }).press('Enter');
    await palette()
      .getByRole('option', { name: /Kangaroo two/ })
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await search.press('Enter');
    await page.getByRole('heading', { name: 'Kangaroo two' }).waitFor();
  }, 60_000);
});
