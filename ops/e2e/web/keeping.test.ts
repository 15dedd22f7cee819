import type { Page } from 'playwright-core';
import { eventually } from '../../../api/process/eventually.testing.ts';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, startChatApp } from './chatApp.ts';

describeInChromium('the list of conversations, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const row = (title: string) =>
    page.getByRole('navigation', { name: /Conversations|Archive/ }).getByRole('link', { name: title });
  const titles = async (archived = false) => {
    const { conversations } = await app.client.data<{
      conversations: { edges: { node: { title: string } }[] };
    }>(
      'query ($archived: Boolean!) { conversations(first: 50, archived: $archived) { edges { node { title } } } }',
      { archived },
    );
    return conversations.edges.map(({ node }) => node.title);
  };

  it('deletes a conversation at once, and takes it back with Undo', async () => {
    page = await app.open(await app.say('Fine.', 'Keep me'));
    await page.getByRole('main').getByRole('button', { name: 'Options for Keep me' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
    await page.waitForURL((url) => url.pathname === '/');
    await row('Keep me').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByRole('heading', { name: 'Keep me' }).waitFor();
    await row('Keep me').waitFor();
    expect(await titles()).toContain('Keep me');
    // A deletion is sent when the page is left.
    await page.getByRole('main').getByRole('button', { name: 'Options for Keep me' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
    await row('Keep me').waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await row('Keep me').waitFor({ state: 'detached' });
    expect(await titles()).not.toContain('Keep me');
  }, 60_000);

  it('deletes a conversation though the page is reloaded in the same moment', async () => {
    page = await app.open(await app.say('Fine.', 'Leave me'));
    await row('Leave me').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Options for Leave me' }).press('Enter');
    const loaded = page.waitForEvent('load');
    await page.getByRole('menuitem', { name: 'Delete' }).evaluate(async (item: HTMLElement) => {
      // A browser under load drops what a page sends when it is left.
      window.fetch = () => new Promise(() => {});
      item.click();
      // The menu runs its item once it has closed, and the notice says so.
      while (!document.body.textContent?.includes('Conversation deleted.')) {
        await new Promise((resolve) => setTimeout(resolve));
      }
      window.location.reload();
    });
    await loaded;
    await row('Leave me').waitFor({ state: 'detached' });
    await eventually(titles, (listed) => !listed.includes('Leave me'));
  }, 60_000);

  it('offers Undo as long as the notice has the focus, and deletes when the notice is gone', async () => {
    page = await app.open(await app.say('Fine.', 'Hold me'));
    await page.clock.install();
    await page.getByRole('main').getByRole('button', { name: 'Options for Hold me' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
    await page.waitForURL((url) => url.pathname === '/');
    const undo = page.getByRole('button', { name: 'Undo' });
    await undo.focus();
    await page.clock.fastForward(60_000);
    expect(await titles()).toContain('Hold me');
    await undo.blur();
    await page.clock.fastForward(10_000);
    await undo.waitFor({ state: 'detached' });
    await eventually(titles, (listed) => !listed.includes('Hold me'));
  }, 60_000);

  it('archives and deletes several at once, by keyboard', async () => {
    for (const title of ['Bulk one', 'Bulk two', 'Bulk three']) await app.say('Fine.', title);
    page = await app.open();
    await row('Bulk one').waitFor();
    const select = page.getByRole('button', { name: 'Select conversations' });
    await select.press('Enter');
    const bar = page.getByRole('toolbar', { name: 'Selected conversations' });
    await bar.getByText('0 selected').waitFor();
    await expectSoon(() => bar.getByRole('button', { name: 'Delete selected' }).isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'Bulk one' }).press('Space');
    await page.getByRole('checkbox', { name: 'Bulk two' }).press('Space');
    await bar.getByText('2 selected').waitFor();
    await bar.getByRole('button', { name: 'Archive selected' }).press('Enter');
    await page.getByText('Moved 2 conversations to the archive.').waitFor();
    await bar.waitFor({ state: 'detached' });
    await row('Bulk one').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Show archived conversations' }).press('Enter');
    await page.getByRole('heading', { name: 'Archive' }).waitFor();
    await row('Bulk two').waitFor();
    expect((await titles(true)).toSorted()).toEqual(['Bulk one', 'Bulk two']);

    await select.press('Enter');
    await page.getByRole('checkbox', { name: 'Select all listed conversations' }).press('Space');
    await bar.getByText('2 selected').waitFor();
    await bar.getByRole('button', { name: 'Delete selected' }).press('Enter');
    await page.getByText('2 conversations deleted.').waitFor();
    await page.getByText('No archived conversations.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await row('Bulk one').waitFor();
    await page.getByRole('button', { name: 'Leave the archive' }).press('Enter');
    await row('Bulk three').waitFor();
    await select.press('Enter');
    await page.getByRole('checkbox', { name: 'Bulk three' }).press('Escape');
    await bar.waitFor({ state: 'detached' });
    await expectSoon(() => focused(page)).toBe('input Search conversations');
  }, 60_000);
});
