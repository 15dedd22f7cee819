import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { adminPassword } from '../harness/process.ts';
import { type ChatApp, focused, phone, startChatApp } from './chatApp.ts';

describeInChromium('the frame of the app, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const list = () => page.getByRole('navigation', { name: 'Conversations' });

  it('hides its sidebar and shows it again, by keyboard, and remembers it', async () => {
    page = await app.open();
    await page.getByRole('button', { name: 'Hide the sidebar' }).press('Enter');
    await list().waitFor({ state: 'detached' });
    await expectSoon(() => focused(page)).toBe('main');
    await page.reload();
    const show = page.getByRole('button', { name: 'Show the sidebar' });
    await show.waitFor();
    expect(await list().count()).toBe(0);
    await show.press('Enter');
    await list().waitFor();
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('aria-label') === 'Hide the sidebar',
    );
    // A page without a header has the button too.
    await page.getByRole('button', { name: 'Hide the sidebar' }).press('Enter');
    await page.goto(`${app.server.url}/chat/nothing`);
    await page.getByRole('heading', { name: 'Conversation not found' }).waitFor();
    await show.press('Enter');
    await list().waitFor();
    await page.context().close();
    page = await app.open('/chat/nothing', phone);
    await page.getByRole('button', { name: 'Open conversations' }).tap();
    await list().waitFor();
    expect(await page.getByRole('button', { name: 'Hide the sidebar' }).count()).toBe(0);
  }, 60_000);

  it('scrolls the open conversation into view in the sidebar', async () => {
    const path = await app.say('Yes.', 'The oldest of many');
    app.play({ tokens: ['Yes.'] });
    for (let index = 0; index < 35; index += 1) {
      const { generation } = await app.client.generate({ prompt: `Newer ${index}` });
      await app.client.finished(generation.id);
    }
    page = await app.open(path);
    const row = list().getByRole('link', { name: 'The oldest of many' });
    await row.waitFor();
    await page.waitForFunction(
      (one) => {
        const { top, bottom } = (one as Element).getBoundingClientRect();
        const view = (one as Element).closest('.overflow-y-auto')?.getBoundingClientRect();
        return view && top >= view.top - 1 && bottom <= view.bottom + 1;
      },
      await row.elementHandle(),
    );
    await expectSoon(() => row.getAttribute('aria-current')).toBe('page');
  }, 120_000);

  it('shows which conversations are being answered, in every tab, until their answers end', async () => {
    const running = (title: string) =>
      list().getByRole('link', { name: title }).getByRole('img', { name: 'Answering' });
    app.play({ tokens: ['Well', ' …'], fault: { kind: 'silence', after: 2 } });
    page = await app.open();
    const written = await app.client.generate({ prompt: 'A long answer' });
    await running('A long answer').waitFor();
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/answering.png` });
    // After a reload as well as live.
    await page.reload();
    await running('A long answer').waitFor();
    await app.client.data(
      'mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { id } } }',
      {
        id: written.generation.id,
      },
    );
    await running('A long answer').waitFor({ state: 'detached' });
    await list().getByRole('link', { name: 'A long answer' }).waitFor();

    app.play({ tokens: ['Well', ' …'], tokensPerSecond: 1 });
    await app.client.data(
      'mutation ($id: ID!) { continueGeneration(input: { id: $id }) { generation { id } } }',
      { id: written.generation.id },
    );
    await running('A long answer').waitFor();
    await running('A long answer').waitFor({ state: 'detached' });
  }, 60_000);

  it('starts a chat with a model from the list of models', async () => {
    page = await app.open('/models');
    const row = page.getByRole('listitem').filter({ hasText: 'stand-in:latest' });
    await row.getByRole('button', { name: 'Chat with stand-in:latest' }).press('Enter');
    await page.getByRole('button', { name: 'Model: stand-in:latest' }).waitFor();
  }, 60_000);

  it('shows a password on request when signing in', async () => {
    const context = await app.browser.newContext();
    page = await context.newPage();
    await page.goto(`${app.server.url}/login`);
    const field = page.getByLabel('Password');
    await field.fill(adminPassword);
    await expectSoon(() => field.getAttribute('type')).toBe('password');
    await page.getByRole('button', { name: 'Show characters' }).press('Enter');
    await expectSoon(() => field.getAttribute('type')).toBe('text');
    await expectSoon(() => field.inputValue()).toBe(adminPassword);
    await page.getByRole('button', { name: 'Hide characters' }).press('Enter');
    await expectSoon(() => field.getAttribute('type')).toBe('password');
    await page.getByLabel('Username').fill('admin');
    await field.press('Enter');
    await list().waitFor();
  }, 60_000);
});
