import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { signIn } from '../harness/client.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, startChatApp } from './chatApp.ts';

const lighthouse = 'The lighthouse of Farhaven was built in 1871 by Ada Grey.';
const password = 'a long passphrase of a member';

const text = (name: string, content: string) => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(content),
});

describeInChromium('collections of documents, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp({ WRITE_LIMIT: 'off', RATE_LIMIT: 'off' });
    await app.client.data(
      `mutation { createUser(input: { username: "member", password: "${password}", role: MEMBER }) { user { id } } }`,
    );
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const dialog = () => page.getByRole('dialog');
  const alert = (on: Page = page) => on.getByRole('alertdialog');
  const choose = async (...files: { name: string; mimeType: string; buffer: Buffer }[]) => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Add documents' }).click();
    await (await chooser).setFiles(files);
  };
  const documents = () => page.getByRole('list', { name: 'Documents' });

  it('are created, filled, changed and deleted, by keyboard too', async () => {
    page = await app.open('/collections');
    await page.getByText('There are no collections yet.').waitFor();
    await page.getByRole('button', { name: 'New collection' }).press('Enter');
    await expectSoon(() => focused(page)).toBe('input name');
    await page.keyboard.type('Handbook');
    await page.getByLabel('Description').fill('Of the harbour');
    await page.getByLabel('Name').press('Enter');
    await page.getByRole('heading', { name: 'Handbook' }).waitFor();
    await page.getByText('No documents yet.').waitFor();
    await choose(text('harbours.md', lighthouse), text('ships.md', 'Ships come and go.'));
    await documents().getByText('ships.md').waitFor();
    await expectSoon(() => documents().getByRole('listitem').count()).toBe(2);
    await page
      .locator('main, body')
      .first()
      .evaluate((element) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(['Whales sing.'], 'whales.txt'));
        element.dispatchEvent(
          new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }),
        );
      });
    await documents().getByText('whales.txt').waitFor();
    const pixel =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    await choose({ name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from(pixel, 'base64') });
    await page.getByText('"photo.png" is an image, and has no text to search.').waitFor();
    await page.getByRole('button', { name: 'Remove photo.png' }).press('Enter');

    await page.getByRole('button', { name: 'Remove whales.txt' }).press('Enter');
    await alert().getByRole('button', { name: 'Remove', exact: true }).press('Enter');
    await documents().getByText('whales.txt').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Edit' }).press('Enter');
    await dialog().getByLabel('Name').fill('Harbour handbook');
    await dialog().getByLabel('Name').press('Enter');
    await page.getByRole('heading', { name: 'Harbour handbook' }).waitFor();
    await page.reload();
    await expectSoon(() => documents().getByRole('listitem').count()).toBe(2);

    await page.getByRole('button', { name: 'Delete', exact: true }).press('Enter');
    await alert().getByRole('button', { name: 'Delete', exact: true }).press('Enter');
    await page.getByText('There are no collections yet.').waitFor();
  });

  it('have a link in the dialog of a folder, which closes it', async () => {
    await app.client.data('mutation { createFolder(input: { name: "Ports" }) { folder { id } } }');
    page = await app.open('/settings');
    await page.getByRole('button', { name: 'Options for the folder Ports' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Edit' }).press('Enter');
    await dialog().getByRole('link', { name: 'Collections' }).press('Enter');
    await page.getByRole('heading', { name: 'Collections' }).waitFor();
    await dialog().waitFor({ state: 'detached' });
  });

  it('are shared, searched by a chat of another user, and withdrawn', async () => {
    page = await app.open('/collections');
    await page.getByRole('button', { name: 'New collection' }).click();
    await dialog().getByLabel('Name').fill('Handbook');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Handbook' }).waitFor();
    await choose(text('harbours.md', lighthouse));
    await documents().getByText('harbours.md').waitFor();
    await page.getByRole('button', { name: 'Share with everyone' }).click();
    await alert().getByRole('button', { name: 'Share with everyone' }).click();
    await page.getByRole('button', { name: 'Stop sharing' }).waitFor();

    const member = await app.open('/login', { storageState: { cookies: [], origins: [] } });
    await member.getByLabel('Username').fill('member');
    await member.getByLabel('Password').fill(password);
    await member.getByRole('button', { name: 'Sign in', exact: true }).click();
    await member.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
    await member.goto(`${app.server.url}/collections`);
    await member.getByRole('link', { name: /Handbook.*Shared with everyone/ }).click();
    await member.getByRole('link', { name: 'harbours.md' }).waitFor();
    await expectSoon(() => member.getByRole('button', { name: 'Add documents' }).count()).toBe(0);

    const client = await signIn(app.server.url, 'member', password);
    const { createConversation } = await client.data<{
      createConversation: { conversation: { id: string } };
    }>('mutation { createConversation(input: { title: "Farhaven" }) { conversation { id } } }');
    const chat = `/chat/${encodeURIComponent(createConversation.conversation.id)}`;
    await member.goto(app.server.url + chat);
    await member.getByRole('button', { name: 'Chat settings' }).click();
    await member.getByRole('checkbox', { name: 'Handbook' }).check();
    await member.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await member.getByRole('dialog').waitFor({ state: 'detached' });
    const ask = async (question: string, answer: string) => {
      app.play({ tokens: [answer] });
      await member.getByRole('textbox', { name: 'Message', exact: true }).fill(question);
      await member.getByRole('button', { name: 'Send', exact: true }).click();
      await member.getByText(answer.split(' [')[0] ?? '').waitFor();
      const { messages = [] } = (app.engine.chats.at(-1) ?? {}) as { messages?: { content: string }[] };
      return messages.at(-1)?.content;
    };
    expect(await ask('Who built the lighthouse?', 'Ada Grey built it [1].')).toContain(lighthouse);
    const source = () =>
      member.getByRole('region', { name: 'Sources' }).getByRole('button', { name: /harbours/ });
    await source().click();
    await expectSoon(() => member.getByRole('dialog').locator('mark').textContent()).toBe(lighthouse);
    await member.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Stop sharing' }).click();
    await alert().getByRole('button', { name: 'Stop sharing' }).click();
    await page.getByRole('button', { name: 'Share with everyone' }).waitFor();

    await member.reload();
    await member.getByRole('article', { name: 'Answer' }).getByRole('button', { name: 'Source 1' }).click();
    await member.getByText('This document was deleted, or its collection is no longer shared').waitFor();
    await member.keyboard.press('Escape');
    const prompt = await ask('And who built the lighthouse again?', 'I do not know.');
    expect(prompt).not.toContain(lighthouse);
    await member.getByRole('button', { name: 'Chat settings' }).click();
    const gone = member.getByRole('checkbox', { name: 'A collection that is no longer available' });
    await expectSoon(() => gone.isChecked()).toBe(true);
    await gone.uncheck();
    await member.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await member.getByRole('dialog').waitFor({ state: 'detached' });
    await member.getByRole('button', { name: 'Chat settings' }).click();
    await member.getByRole('dialog').getByText('There are no collections yet.').waitFor();
    await client.close();
    await member.context().close();
  }, 90_000);

  it('of another administrator leave the page when they are withdrawn', async () => {
    await app.client.data(
      `mutation { createUser(input: { username: "boss", password: "${password}", role: ADMIN }) { user { id } } }`,
    );
    const boss = await signIn(app.server.url, 'boss', password);
    const { createCollection } = await boss.data<{ createCollection: { collection: { id: string } } }>(
      'mutation { createCollection(input: { name: "Plans" }) { collection { id } } }',
    );
    await boss.data('mutation ($id: ID!) { shareCollection(input: { id: $id }) { __typename } }', {
      id: createCollection.collection.id,
    });
    await boss.close();
    page = await app.open('/collections');
    await page.getByRole('link', { name: /Plans/ }).click();
    await page.getByRole('button', { name: 'Stop sharing' }).click();
    await alert().getByRole('button', { name: 'Stop sharing' }).click();
    await page.getByText('Collection no longer shared.').waitFor();
    await expectSoon(async () => new URL(page.url()).pathname).toBe('/collections');
    await expectSoon(() => page.getByRole('link', { name: /Plans/ }).count()).toBe(0);
  });

  it('are chosen in a folder, whose chats say so', async () => {
    await app.client.data('mutation { createCollection(input: { name: "Laws" }) { collection { id } } }');
    const { createFolder } = await app.client.data<{ createFolder: { folder: { id: string } } }>(
      'mutation { createFolder(input: { name: "Courts" }) { folder { id } } }',
    );
    const { createConversation } = await app.client.data<{
      createConversation: { conversation: { id: string } };
    }>(
      'mutation ($id: ID!) { createConversation(input: { title: "Case", folderId: $id }) { conversation { id } } }',
      { id: createFolder.folder.id },
    );
    page = await app.open(`/chat/${encodeURIComponent(createConversation.conversation.id)}`);
    await page.getByRole('button', { name: 'Options for the folder Courts' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Edit' }).press('Enter');
    await dialog().getByRole('checkbox', { name: 'Laws' }).press('Space');
    await dialog().getByRole('button', { name: 'Save' }).press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Chat settings' }).press('Enter');
    await dialog().getByText('Answers also search the collections of the folder: Laws.').waitFor();
    await dialog().getByText('and collections from its next question on').waitFor();
  });
});

describeInChromium('many files for a collection, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp({ WRITE_LIMIT: '4/5s', RATE_LIMIT: 'off' });
  }, 90_000);
  afterAll(() => app?.close(), 60_000);

  it('wait while the server takes only so many', async () => {
    const { createCollection } = await app.client.data<{
      createCollection: { collection: { id: string } };
    }>('mutation { createCollection(input: { name: "Many" }) { collection { id } } }');
    page = await app.open(`/collections/${encodeURIComponent(createCollection.collection.id)}`);
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Add documents' }).click();
    const files = Array.from({ length: 4 }, (_, at) => text(`${at}.txt`, `Text ${at}.`));
    await (await chooser).setFiles(files);
    await page.getByText('Waiting, because the server takes only so many a minute.').first().waitFor();
    const documents = page.getByRole('list', { name: 'Documents' }).getByRole('listitem');
    await documents.nth(3).waitFor({ timeout: 40_000 });
    await expectSoon(() => page.getByRole('list', { name: 'Uploads' }).count()).toBe(0);
    await page.context().close();
  }, 60_000);
});
