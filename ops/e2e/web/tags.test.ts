import type { Page } from 'playwright-core';
import { eventually } from '../../../api/process/eventually.testing.ts';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, phone, startChatApp } from './chatApp.ts';

describeInChromium('tags of conversations, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const sidebar = () => page.getByRole('navigation', { name: 'Conversations' });
  const row = (title: string) => sidebar().getByRole('link', { name: title });
  const chips = () => page.getByRole('dialog', { name: 'Tags' }).getByRole('listitem');
  const openTags = async (title: string) => {
    await page
      .getByRole('main')
      .getByRole('button', { name: `Options for ${title}` })
      .press('Enter');
    await page.getByRole('menuitem', { name: 'Tags' }).press('Enter');
    await page.getByRole('dialog', { name: 'Tags' }).waitFor();
  };
  const tagged = async (title: string, tags: readonly string[]) => {
    const { createConversation } = await app.client.data<{
      createConversation: { conversation: { id: string } };
    }>(
      'mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }',
      { input: { title, tags } },
    );
    return createConversation.conversation.id;
  };

  it('are added with suggestions, removed, and kept, by keyboard', async () => {
    await tagged('Another', ['Recipes']);
    page = await app.open(await app.say('Fine.', 'Soup'));
    await openTags('Soup');
    await expectSoon(() => focused(page)).toBe('input tag');
    await page.locator('datalist option[value="Recipes"]').waitFor({ state: 'attached' });
    await page.keyboard.type('Winter');
    await page.keyboard.press('Enter');
    await chips().filter({ hasText: 'Winter' }).waitFor();
    await page.keyboard.type(' Recipes ');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Winter');
    await page.keyboard.press('Enter');
    await chips().filter({ hasText: 'Recipes' }).waitFor();
    await expectSoon(() => chips().count()).toBe(2);
    await page.getByRole('button', { name: 'Remove the tag Winter' }).press('Enter');
    await chips().filter({ hasText: 'Winter' }).waitFor({ state: 'detached' });
    await expectSoon(() => focused(page)).toBe('input tag');
    await page.keyboard.press('Escape');
    await page.getByRole('main').getByRole('button', { name: 'Recipes' }).waitFor();
    await page.reload();
    await page.getByRole('main').getByRole('button', { name: 'Recipes' }).waitFor();
    expect(await page.getByRole('main').getByRole('button', { name: 'Winter' }).count()).toBe(0);
  }, 60_000);

  it('are added to several conversations at once, with Undo, and removed', async () => {
    const ids = [
      await tagged('Trip one', []),
      await tagged('Trip two', ['Sea']),
      await tagged('Trip three', []),
    ];
    const tagsOf = async () => {
      const { nodes } = await app.client.data<{ nodes: { tags: string[] }[] }>(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation { tags } } }',
        { ids },
      );
      return nodes.map(({ tags }) => tags.join(' '));
    };
    const select = async () => {
      await page.getByRole('button', { name: 'Select conversations' }).press('Enter');
      for (const title of ['Trip one', 'Trip two'])
        await page.getByRole('checkbox', { name: title }).press('Space');
      await page.getByRole('button', { name: 'Tag selected' }).press('Enter');
      await page.getByRole('dialog', { name: 'Tag selected' }).waitFor();
      await page.locator('datalist option[value="Sea"]').waitFor({ state: 'attached' });
      await expectSoon(() => focused(page)).toBe('input tag');
    };
    page = await app.open();
    await row('Trip one').waitFor();
    await select();
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/tagSelected.png` });
    await page.keyboard.type(' Sea ');
    await page.keyboard.press('Enter');
    // One of them had the tag before.
    await page.getByText('Added the tag “Sea” to 1 conversation.').waitFor();
    await page.getByRole('toolbar', { name: 'Selected conversations' }).waitFor({ state: 'detached' });
    expect(await tagsOf()).toEqual(['Sea', 'Sea', '']);
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await eventually(tagsOf, (tags) => tags.join() === ',Sea,');
    await select();
    await page.keyboard.type('Sea');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).press('Enter');
    await page.getByText('Removed the tag “Sea” from 1 conversation.').waitFor();
    expect(await tagsOf()).toEqual(['', '', '']);
  }, 60_000);

  it('filter the list by its menu, by the palette and by a tag of the open conversation', async () => {
    await tagged('Plan of work', ['Office']);
    const id = await tagged('Plan of play', ['Home', 'Office']);
    await tagged('Untagged', []);
    page = await app.open(`/chat/${encodeURIComponent(id)}`);
    await row('Untagged').waitFor();
    await sidebar().getByRole('button', { name: 'Filter by tag' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Home' }).press('Enter');
    await row('Untagged').waitFor({ state: 'detached' });
    await row('Plan of play').waitFor();
    expect(await row('Plan of work').count()).toBe(0);
    await sidebar().getByText('Tag Home').waitFor();
    await sidebar().getByRole('button', { name: 'Show all conversations' }).press('Enter');
    await row('Untagged').waitFor();
    await expectSoon(() => focused(page)).toBe('input Search conversations');

    await page.keyboard.press('Control+K');
    await page.keyboard.type('offi');
    await page.getByRole('option', { name: 'Conversations with the tag Office' }).click();
    await row('Plan of work').waitFor();
    await row('Plan of play').waitFor();
    await row('Untagged').waitFor({ state: 'detached' });
    // A conversation that loses the tag leaves the list.
    await openTags('Plan of play');
    await page.getByRole('button', { name: 'Remove the tag Office' }).press('Enter');
    await page.keyboard.press('Escape');
    await row('Plan of play').waitFor({ state: 'detached' });
    await row('Plan of work').waitFor();
    // From another tab or device.
    await app.client.data(
      'mutation ($input: UpdateConversationInput!) { updateConversation(input: $input) { conversation { id } } }',
      { input: { id, tags: ['Home', 'Office'] } },
    );
    await row('Plan of play').waitFor();
    await page.getByLabel('Search conversations').press('Escape');
    await row('Untagged').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Home' }).press('Enter');
    await row('Untagged').waitFor({ state: 'detached' });
    await row('Plan of play').waitFor();
  }, 60_000);

  it('filter the list on a phone, which the palette opens', async () => {
    await tagged('On the way', ['Travel']);
    page = await app.open('/', phone);
    await page.getByRole('button', { name: 'Open conversations' }).tap();
    await page.getByRole('button', { name: 'Search and actions' }).tap();
    await page.getByRole('combobox', { name: 'Search conversations, messages and actions' }).fill('travel');
    await page.getByRole('option', { name: 'Conversations with the tag Travel' }).tap();
    await row('On the way').waitFor();
    await sidebar().getByText('Tag Travel').waitFor();
    const height =
      (await sidebar().getByRole('button', { name: 'Filter by tag' }).boundingBox())?.height ?? 0;
    expect(height).toBeGreaterThanOrEqual(44);
  }, 60_000);
});
