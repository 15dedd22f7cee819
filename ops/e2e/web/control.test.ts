import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, startChatApp } from './chatApp.ts';

describeInChromium('control of answers, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const field = () => page.getByRole('textbox', { name: 'Message', exact: true });
  const send = async (text: string) => {
    await field().fill(text);
    await page.keyboard.press('Enter');
  };
  const answers = () => page.getByRole('article', { name: 'Answer' });

  it('edits an answer by keyboard, uses its text from then on, and keeps the original', async () => {
    page = await app.open(await app.say('Five.', 'What is 2+2?'));
    const edit = page.getByRole('button', { name: 'Edit answer' });
    await edit.press('Enter');
    await page.keyboard.press('Escape');
    await expectSoon(() => focused(page)).toBe('button Edit answer');
    await edit.press('Enter');
    await expectSoon(() => focused(page)).toBe('textarea Answer to edit');
    await expectSoon(() => page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Four.');
    await page.keyboard.press('Control+Enter');
    await answers().getByText('Four.').waitFor();
    await answers().getByText('Edited by you').waitFor();
    await page.getByText('2/2').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Message');
    app.play({ tokens: ['Six.'] });
    await send('And 3+3?');
    await answers().getByText('Six.').waitFor();
    expect(app.engine.chats.at(-1)?.messages).toContainEqual({ role: 'assistant', content: 'Four.' });
    await page.reload();
    await answers().getByText('Edited by you').waitFor();
    await page.getByRole('button', { name: 'Previous version' }).press('Enter');
    await answers().getByText('Five.').waitFor();
    await answers().getByText('Edited by you').waitFor({ state: 'detached' });
  }, 60_000);

  it('continues an answer in the middle of a conversation, shown in another tab too', async () => {
    const path = await app.say('One, two', 'Count to four.');
    page = await app.open(path);
    app.play({ tokens: ['No.'] });
    await send('Go on.');
    await answers().getByText('No.', { exact: true }).waitFor();
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await tab.getByText('No.', { exact: true }).waitFor();
    app.play({ tokens: [', three', ', four.'] });
    await page.getByRole('button', { name: 'Continue this answer' }).first().press('Enter');
    await answers().getByText('One, two, three, four.').waitFor();
    await page.getByText('2/2').waitFor();
    await answers().getByText('No.', { exact: true }).waitFor({ state: 'detached' });
    await tab.getByText('One, two, three, four.').waitFor();
    await page.getByRole('button', { name: 'Previous version' }).press('Enter');
    await answers().getByText('No.', { exact: true }).waitFor();
  }, 60_000);
});
