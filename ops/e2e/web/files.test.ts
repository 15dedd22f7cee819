import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, startChatApp } from './chatApp.ts';

const node = (parent: string | null, role: string, text: string) => ({
  parent,
  message: { author: { role }, create_time: 1_700_000_000, content: { content_type: 'text', parts: [text] } },
});

const chatGpt = (id: string, title: string, count = 1) => ({
  conversation_id: id,
  title,
  create_time: 1_700_000_000,
  update_time: 1_700_000_000,
  current_node: `a${count - 1}`,
  mapping: Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      [`q${index}`, node(index === 0 ? null : `a${index - 1}`, 'user', `Question ${index} of ${title}`)],
      [`a${index}`, node(`q${index}`, 'assistant', `Answer ${index} of ${title}`)],
    ]).flat(),
  ),
});

describeInChromium('files of conversations, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  it('of the account have the ratings of answers', async () => {
    page = await app.open(await app.say('Fine.', 'Rate me'));
    const good = page.getByRole('button', { name: 'Good answer' });
    await good.press('Enter');
    await page.getByRole('button', { name: 'Good answer', pressed: true }).waitFor();
    await page.getByRole('button', { name: 'Bad answer' }).press('Enter');
    await page.getByRole('button', { name: 'Good answer', pressed: false }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Bad answer', pressed: true }).waitFor();
    const file = await page.request.get(`${app.server.url}/api/account/export`);
    const { messages } = (await file.json()) as { messages: { content: string; rating?: string }[] };
    expect(messages.find(({ content }) => content === 'Fine.')?.rating).toBe('BAD');
  }, 60_000);

  it('export a conversation as Markdown, JSON and a page to print', async () => {
    page = await app.open(await app.say('It is **42**.', 'What is the answer?'));
    const saved = async (format: string) => {
      await page
        .getByRole('main')
        .getByRole('button', { name: /^Options for/ })
        .press('Enter');
      await page.getByRole('menuitem', { name: 'Export' }).press('Enter');
      const downloading = page.waitForEvent('download');
      await page.getByRole('button', { name: format, exact: true }).press('Enter');
      const download = await downloading;
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
    };
    expect(await saved('Markdown')).toEqual({
      name: 'What is the answer.md',
      text: '# What is the answer?\n\n## You\n\nWhat is the answer?\n\n## Answer (other:1b)\n\nIt is **42**.\n',
    });
    const json = await saved('JSON');
    expect(JSON.parse(json.text)).toMatchObject({
      format: 'ziggie-conversation',
      title: 'What is the answer?',
      messages: [{ role: 'USER' }, { role: 'ASSISTANT', content: 'It is **42**.', model: 'other:1b' }],
    });
    await page
      .getByRole('main')
      .getByRole('button', { name: /^Options for/ })
      .press('Enter');
    await page.getByRole('menuitem', { name: 'Export' }).press('Enter');
    const opening = page.context().waitForEvent('page');
    await page.getByRole('button', { name: 'PDF, by printing' }).press('Enter');
    const print = await opening;
    await print.getByRole('article', { name: 'Answer' }).locator('strong').waitFor();
    await print.emulateMedia({ media: 'print' });
    await expectSoon(() => print.getByRole('button', { name: 'Print or save as PDF' }).isVisible()).toBe(
      false,
    );
    expect((await print.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  }, 60_000);

  it('import conversations of another app after a preview, and find duplicates', async () => {
    page = await app.open('/import');
    const choose = (name: string, text: string) =>
      page
        .getByLabel('Export file')
        .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
    await choose('archive.zip', 'PK');
    await page.getByText('This file is not JSON.').waitFor();
    await choose('other.json', '{"a":1}');
    await page.getByText('no conversations in a known format').waitFor();

    const file = JSON.stringify([
      chatGpt('1', 'Giraffes', 120),
      chatGpt('2', 'Pandas'),
      chatGpt('3', 'Otters'),
    ]);
    await choose('conversations.json', file);
    await page
      .getByText('conversations.json from ChatGPT: 3 conversations, 0 of them imported before.')
      .waitFor();
    await page.getByRole('checkbox', { name: /^Otters/ }).press('Space');
    await page.getByRole('button', { name: 'Import 2 conversations' }).press('Enter');
    await page.getByText('2 conversations imported, 0 existed, 0 failed, 0 not sent.').waitFor();
    const row = page
      .getByRole('navigation', { name: 'Conversations' })
      .getByRole('link', { name: 'Giraffes' });
    await row.click();
    await page.getByText('Answer 119 of Giraffes').waitFor();
    await page.goto(`${app.server.url}/import`);
    await choose('conversations.json', file);
    await page.getByText('3 conversations, 2 of them imported before.').waitFor();
    await page.getByRole('button', { name: 'Import 1 conversation' }).press('Enter');
    await page.getByText('1 conversation imported, 0 existed').waitFor();
    // An imported conversation goes on like any other.
    app.play({ tokens: ['They eat bamboo.'] });
    await page
      .getByRole('navigation', { name: 'Conversations' })
      .getByRole('link', { name: 'Pandas' })
      .click();
    await page.getByText('Answer 0 of Pandas').waitFor();
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('What do they eat?');
    await page.keyboard.press('Enter');
    await page.getByText('They eat bamboo.').waitFor();
    const { messages } = app.engine.chats.at(-1) as { messages: { content: string }[] };
    expect(messages.map(({ content }) => content)).toEqual([
      'Question 0 of Pandas',
      'Answer 0 of Pandas',
      'What do they eat?',
    ]);
  }, 90_000);
});
