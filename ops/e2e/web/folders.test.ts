import type { Page } from 'playwright-core';
import { eventually } from '../../../api/process/eventually.testing.ts';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, phone, startChatApp } from './chatApp.ts';

describeInChromium('folders of conversations, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const sidebar = () => page.getByRole('navigation', { name: 'Conversations' });
  const group = (name: string) =>
    sidebar()
      .getByRole('listitem')
      .filter({ has: folder(name) });
  const folder = (name: string) => page.getByRole('button', { name, exact: true });
  const row = (title: string) => sidebar().getByRole('link', { name: title });
  const filed = (name: string, title: string) => group(name).getByRole('link', { name: title });
  const createFolder = async (name: string, systemPrompt = '') => {
    const { createFolder: made } = await app.client.data<{ createFolder: { folder: { id: string } } }>(
      'mutation ($input: CreateFolderInput!) { createFolder(input: $input) { folder { id } } }',
      { input: { name, systemPrompt: systemPrompt || null } },
    );
    return made.folder.id;
  };
  const folderOf = async (title: string) => {
    const { conversations } = await app.client.data<{
      conversations: { edges: { node: { title: string; folder: { name: string } | null } }[] };
    }>('{ conversations(first: 50) { edges { node { title folder { name } } } } }');
    return conversations.edges.find(({ node }) => node.title === title)?.node.folder?.name ?? null;
  };
  /** Waits for the server's state, which follows the page's. */
  const stored = async (title: string, name: string | null) => {
    const deadline = Date.now() + 10_000;
    while ((await folderOf(title)) !== name) {
      if (Date.now() > deadline) throw new Error(`${title} is in ${await folderOf(title)}, not in ${name}`);
      await page.waitForTimeout(50);
    }
  };

  it('are created, opened, edited and deleted by keyboard, and give their prompt to new chats', async () => {
    page = await app.open();
    await page.getByRole('button', { name: 'New folder' }).press('Enter');
    await expectSoon(() => focused(page)).toBe('input name');
    await page.keyboard.type('Novels');
    await page.getByLabel('System prompt').fill('You edit novels.');
    await page.getByLabel('Name').press('Enter');
    await folder('Novels').waitFor();
    await group('Novels').getByText('No conversations in this folder yet.').waitFor();
    await folder('Novels').press('ArrowLeft');
    await expectSoon(() => folder('Novels').getAttribute('aria-expanded')).toBe('false');
    await folder('Novels').press('ArrowRight');
    await expectSoon(() => folder('Novels').getAttribute('aria-expanded')).toBe('true');

    await page.getByRole('button', { name: 'Options for the folder Novels' }).press('Enter');
    await page.getByRole('menuitem', { name: 'New chat here' }).press('Enter');
    await page.getByText('In the folder Novels').waitFor();
    app.play({ tokens: ['Chapter one.'] });
    const composer = page.getByRole('textbox', { name: 'Message' });
    // The menu returns the focus to its button before the page opens.
    await expectSoon(() => focused(page)).toBe('textarea Message');
    await composer.fill('Begin a novel');
    await composer.press('Enter');
    await page.getByText('Chapter one.').waitFor();
    await filed('Novels', 'Begin a novel').waitFor();
    await expectSoon(() => row('Begin a novel').count()).toBe(1);
    const sent = app.engine.chats.at(-1)?.messages;
    expect(sent).toEqual(expect.arrayContaining([{ role: 'system', content: 'You edit novels.' }]));
    await page.getByRole('button', { name: 'Chat settings' }).press('Enter');
    await page.getByText('While this is empty, the system prompt of the folder applies').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Options for the folder Novels' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Edit' }).press('Enter');
    await page.getByRole('dialog', { name: 'Edit folder' }).waitFor();
    await eventually(
      () => focused(page),
      (name) => name === 'input name',
    );
    await page.keyboard.type('Books');
    await page.keyboard.press('Enter');
    await folder('Books').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expectSoon(() => focused(page)).toBe('button Options for the folder Books');
    await page.reload();
    await filed('Books', 'Begin a novel').waitFor();

    await page.getByRole('button', { name: 'Options for the folder Books' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).press('Enter');
    await folder('Books').waitFor({ state: 'detached' });
    await row('Begin a novel').waitFor();
    await stored('Begin a novel', null);
  }, 60_000);

  it('take conversations by menu and by selection, with Undo, and show them in other tabs', async () => {
    for (const title of ['Loose one', 'Loose two', 'Loose three']) await app.say('Fine.', title);
    await createFolder('Work');
    page = await app.open();
    await folder('Work').press('Enter');
    await row('Loose one').hover();
    await sidebar().getByRole('button', { name: 'Options for Loose one' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Move to folder' }).press('Enter');
    await page.getByLabel('Folder', { exact: true }).waitFor();
    await page.getByLabel('Folder', { exact: true }).selectOption('Work');
    await page.getByRole('button', { name: 'Move', exact: true }).press('Enter');
    await filed('Work', 'Loose one').waitFor();
    await stored('Loose one', 'Work');
    await expectSoon(() => row('Loose one').count()).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await filed('Work', 'Loose one').waitFor({ state: 'detached' });
    await row('Loose one').waitFor();
    await stored('Loose one', null);

    await page.getByRole('button', { name: 'Select conversations' }).press('Enter');
    await page.getByRole('checkbox', { name: 'Loose two' }).press('Space');
    await page.getByRole('checkbox', { name: 'Loose three' }).press('Space');
    await page.getByRole('button', { name: 'Move selected to a folder' }).press('Enter');
    await page.getByLabel('Folder', { exact: true }).selectOption('New folder…');
    await page.getByLabel('Name of the new folder').fill('Play');
    await page.keyboard.press('Enter');
    await page.getByText('Moved 2 conversations to the folder “Play”.').waitFor();
    await folder('Play').press('Enter');
    await filed('Play', 'Loose two').waitFor();
    await filed('Play', 'Loose three').waitFor();
    await expectSoon(() => row('Loose two').count()).toBe(1);

    // From another tab or device.
    const { conversations } = await app.client.data<{
      conversations: { edges: { node: { id: string; title: string } }[] };
    }>('{ conversations(first: 50) { edges { node { id title } } } }');
    const id = conversations.edges.find(({ node }) => node.title === 'Loose two')?.node.id;
    await app.client.data(
      'mutation ($input: UpdateConversationInput!) { updateConversation(input: $input) { conversation { id } } }',
      { input: { id, folderId: null } },
    );
    await filed('Play', 'Loose two').waitFor({ state: 'detached' });
    await row('Loose two').waitFor();
    await page.getByLabel('Search conversations').fill('three');
    await folder('Play').waitFor({ state: 'detached' });
    await row('Loose three').waitFor();
  }, 60_000);

  it('are created, renamed and deleted in all open tabs at once', async () => {
    page = await app.open();
    await sidebar().getByRole('button', { name: 'New folder' }).waitFor();
    const tab = await page.context().newPage();
    await tab.goto(app.server.url);
    const there = (name: string) => tab.getByRole('button', { name, exact: true });
    await tab.getByRole('button', { name: 'New folder' }).waitFor();
    await page.getByRole('button', { name: 'New folder' }).press('Enter');
    await page.getByLabel('Name').fill('Shared');
    await page.getByLabel('Name').press('Enter');
    await there('Shared').waitFor();
    await folder('Shared').waitFor();
    await expectSoon(() => there('Shared').count()).toBe(1);
    await expectSoon(() => folder('Shared').count()).toBe(1);
    const { folders } = await app.client.data<{
      folders: { edges: { node: { id: string; name: string } }[] };
    }>('{ folders(first: 50) { edges { node { id name } } } }');
    const id = folders.edges.find(({ node }) => node.name === 'Shared')?.node.id;
    const { createConversation } = await app.client.data<{
      createConversation: { conversation: { id: string } };
    }>(
      'mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }',
      { input: { title: 'In the shared one', folderId: id } },
    );
    expect(createConversation.conversation.id).toBeTruthy();
    const rename = 'mutation ($input: UpdateFolderInput!) { updateFolder(input: $input) { folder { id } } }';
    await app.client.data(rename, { input: { id, name: 'Renamed' } });
    await there('Renamed').waitFor();
    await folder('Renamed').waitFor();
    await app.client.data('mutation ($id: ID!) { deleteFolder(input: { id: $id }) { deletedFolderId } }', {
      id,
    });
    await there('Renamed').waitFor({ state: 'detached' });
    await folder('Renamed').waitFor({ state: 'detached' });
    await tab.getByRole('link', { name: 'In the shared one' }).waitFor();
    await row('In the shared one').waitFor();
  }, 60_000);

  it('page through many conversations, and fit on a phone', async () => {
    const folderId = await createFolder('Crowded');
    for (let number = 1; number <= 25; number += 1) {
      await app.client.data(
        'mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }',
        { input: { title: `Crowd ${number}`, folderId } },
      );
    }
    page = await app.open('/', phone);
    await page.getByRole('button', { name: 'Open conversations' }).tap();
    await folder('Crowded').tap();
    await filed('Crowded', 'Crowd 25').waitFor();
    await expectSoon(() => filed('Crowded', 'Crowd').count()).toBe(20);
    await page.getByRole('button', { name: 'Show more' }).tap();
    await group('Crowded').getByRole('link', { name: 'Crowd 1', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' });
    await expectSoon(() => filed('Crowded', 'Crowd').count()).toBe(25);
    const height = (await folder('Crowded').boundingBox())?.height ?? 0;
    expect(height).toBeGreaterThanOrEqual(44);
  }, 60_000);

  it('say when their conversations could not be loaded, and try again', async () => {
    await createFolder('Offline');
    page = await app.open();
    await folder('Offline').waitFor();
    await page.context().setOffline(true);
    await folder('Offline').press('Enter');
    const retry = group('Offline').getByRole('button', { name: 'Try again' });
    await retry.waitFor();
    await page.context().setOffline(false);
    await retry.press('Enter');
    await group('Offline').getByText('No conversations in this folder yet.').waitFor();
  }, 60_000);
});
