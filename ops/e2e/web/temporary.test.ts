import type { Page } from 'playwright-core';
import { eventually } from '../../../api/process/eventually.testing.ts';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, startChatApp } from './chatApp.ts';

describeInChromium('temporary chats, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const sidebar = () => page.getByRole('navigation', { name: 'Conversations' });
  const field = () => page.getByRole('textbox', { name: 'Message', exact: true });
  const toggle = () => page.getByRole('button', { name: 'Temporary chat' });
  const notice = () => page.getByText('Temporary chat: it is deleted');
  const titles = async () => {
    const { conversations } = await app.client.data<{
      conversations: { edges: { node: { title: string } }[] };
    }>('{ conversations(first: 50) { edges { node { title } } } }');
    return conversations.edges.map(({ node }) => node.title);
  };
  const exists = async (id: string) => {
    const { data } = await app.client.query<{ node: { id: string } | null }>(
      'query ($id: ID!) { node(id: $id) { id } }',
      { id },
    );
    return Boolean(data?.node);
  };
  /** Starts a temporary chat with the hotkey. Resolves to its id. */
  const begin = async (prompt: string, answer: string) => {
    app.play({ tokens: [answer] });
    page = await app.open();
    await field().waitFor();
    await page.keyboard.press('Control+Shift+E');
    await page.getByRole('heading', { name: 'Temporary chat' }).waitFor();
    await expectSoon(() => toggle().getAttribute('aria-pressed')).toBe('true');
    await field().fill(prompt);
    await field().press('Enter');
    await page.waitForURL(/\/chat\/.+/);
    await page.getByText(answer).waitFor();
    await notice().waitFor();
    return decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
  };

  it('are in no list, search or draft, survive a reload, and are deleted when they are left', async () => {
    const id = await begin('A whisper of mine', 'Nobody heard it.');
    expect(
      await sidebar()
        .getByRole('link', { name: /Temporary|whisper/ })
        .count(),
    ).toBe(0);
    await expectSoon(titles).toEqual([]);
    await page.reload();
    await page.getByText('Nobody heard it.').waitFor();
    await notice().waitFor();
    expect(
      await sidebar()
        .getByRole('link', { name: /Temporary|whisper/ })
        .count(),
    ).toBe(0);
    await page.keyboard.press('Control+K');
    await page.keyboard.type('whisper');
    await page
      .getByText(/No(thing| )/)
      .first()
      .waitFor();
    expect(await page.getByRole('option', { name: /whisper/ }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await field().fill('a secret draft');
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    expect(kept).not.toContain('secret draft');
    expect(await exists(id)).toBe(true);
    await page.getByRole('button', { name: 'Menu of ' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Usage' }).press('Enter');
    await page.waitForURL(/usage/);
    await eventually(
      () => exists(id),
      (is) => !is,
    );
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('secret draft');
    await page.goBack();
    await page.getByText('Conversation not found').waitFor();
  }, 60_000);

  it('become normal ones with “Keep this chat”', async () => {
    const id = await begin('Worth keeping', 'Kept.');
    await page.getByRole('button', { name: 'Keep this chat' }).press('Enter');
    await notice().waitFor({ state: 'detached' });
    await sidebar().getByRole('link', { name: 'Worth keeping' }).waitFor();
    await expectSoon(() => focused(page)).toBe('textarea Message');
    await page.getByRole('heading', { name: 'Worth keeping' }).waitFor();
    await page.getByRole('button', { name: 'Menu of ' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Usage' }).press('Enter');
    await page.waitForURL(/usage/);
    // The page takes the focus when it is shown.
    await expectSoon(() => focused(page)).toBe('main');
    await sidebar().getByRole('link', { name: 'Worth keeping' }).press('Enter');
    await page.getByText('Kept.', { exact: true }).waitFor();
    expect(await exists(id)).toBe(true);
    await expectSoon(titles).toContain('Worth keeping');
  }, 60_000);

  it('are chosen by a button, which also goes back, and live on shortly in a closed tab', async () => {
    page = await app.open();
    await toggle().press('Enter');
    await page.getByRole('heading', { name: 'Temporary chat' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Temporary chat' }).waitFor();
    await toggle().press('Enter');
    await page.getByRole('heading', { name: 'What would you like to know?' }).waitFor();
    await page.context().close();
    const id = await begin('Closed soon', 'Bye.');
    const expiry = async () => {
      const { node } = await app.client.data<{ node: { expiresAt: string } }>(
        'query ($id: ID!) { node(id: $id) { ... on Conversation { expiresAt } } }',
        { id },
      );
      return Date.parse(node.expiresAt);
    };
    const open = await expiry();
    await page.goto('about:blank');
    await eventually(expiry, (closed) => closed < open - 30 * 60_000);
  }, 60_000);
});
