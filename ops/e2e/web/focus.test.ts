import type { Page } from 'playwright-core';
import { eventually } from '../../../api/process/eventually.testing.ts';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, startChatApp } from './chatApp.ts';

describeInChromium('the focus, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const openMenu = async () => {
    const trigger = page.getByRole('main').getByRole('button', { name: /^Options for/ });
    await trigger.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Rename' }).waitFor();
  };

  it('is on the selected title in a dialog opened from a menu, and returns to the menu', async () => {
    page = await app.open(await app.say('Fine.', 'How are you?'));
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.fill('a draft');
    await openMenu();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Rename conversation' }).waitFor();
    await expectSoon(() => focused(page)).toBe('input title');
    await page.keyboard.type('A new title');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'A new title' }).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expectSoon(() => focused(page)).toBe('button Options for A new title');
    await expectSoon(() => field.inputValue()).toBe('a draft');
    expect(app.engine.chats).toHaveLength(1);
  }, 60_000);

  it('returns to the menu after Escape, and to the page when the opener was deleted', async () => {
    page = await app.open(await app.say('Fine.', 'Delete me'));
    await openMenu();
    await page.keyboard.press('Escape');
    await eventually(
      () => focused(page),
      (name) => name === 'button Options for Delete me',
    );
    await openMenu();
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
    await page.waitForURL((url) => url.pathname === '/');
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    expect(await focused(page)).not.toBe('body');
  }, 60_000);

  it('is on the message field after an edit was sent, and on the button after it was cancelled', async () => {
    page = await app.open(await app.say('Fine.', 'First words'));
    const edit = page.getByRole('button', { name: 'Edit message' });
    await edit.press('Enter');
    await page.keyboard.press('Escape');
    await expectSoon(() => focused(page)).toBe('button Edit message');
    await edit.press('Enter');
    await page.keyboard.type(', and more');
    await page.keyboard.press('Control+Enter');
    await page.getByText('First words, and more').last().waitFor();
    await page.getByRole('form', { name: 'Edit message' }).waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Message');
  }, 60_000);

  it('stays on the arrow that switches versions, and on the field after a regeneration', async () => {
    page = await app.open(await app.say('One.', 'Twice'));
    await page.getByRole('button', { name: 'Regenerate' }).press('Enter');
    await page.getByText('2/2').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Message');
    await page.getByRole('button', { name: 'Previous version' }).press('Enter');
    await page.getByText('1/2').waitFor();
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('aria-label') === 'Previous version',
    );
    await page.getByRole('heading', { name: 'Twice' }).hover();
    const opacity = await page
      .getByRole('group', { name: 'Versions' })
      .evaluate((group) => getComputedStyle(group.parentElement as Element).opacity);
    expect(opacity).toBe('1');
  }, 60_000);

  it('stays in an editor when Escape dismisses a candidate of an input method', async () => {
    page = await app.open(await app.say('Fine.', 'Words'));
    const compose = (name: string) =>
      page
        .getByRole(name === 'Search conversations' ? 'searchbox' : 'textbox', { name })
        .evaluate((field) =>
          field.dispatchEvent(
            new KeyboardEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true }),
          ),
        );
    await page.getByRole('button', { name: 'Edit message' }).press('Enter');
    await compose('Message to edit');
    await expectSoon(() => page.getByRole('textbox', { name: 'Message to edit' }).inputValue()).toBe('Words');
    await page.getByRole('searchbox', { name: 'Search conversations' }).fill('かな');
    await compose('Search conversations');
    await expectSoon(() => page.getByRole('searchbox').inputValue()).toBe('かな');
    await openMenu();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Title' }).fill('Half');
    await compose('Title');
    await expectSoon(() => page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Half');
  }, 60_000);
});
