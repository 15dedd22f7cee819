import type { Page } from 'playwright-core';
import { pdfOf } from '../../../api/attachments/reading/documents.testing.ts';
import { eventually } from '../../../api/process/eventually.testing.ts';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, startChatApp } from './chatApp.ts';

/** 200 pages of a register, and one with the answer. */
const answerPage = 147;
const pages = Array.from({ length: 200 }, (_, at) =>
  at === answerPage - 1
    ? 'The lighthouse of Farhaven was built in 1871 by Ada Grey.'
    : `Page ${at + 1} of the plain register of goods. `.repeat(20),
);

describeInChromium('sources of answers, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp({ WRITE_LIMIT: 'off', RATE_LIMIT: 'off' });
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const sources = () => page.getByRole('region', { name: 'Sources' });
  const dialog = () => page.getByRole('dialog');

  /** Answers by the passage with the word, as a model that reads well would. */
  const cite = (word: string, rest = '') => {
    app.play({
      chat: (body) => {
        const prompt = (body.messages as { content: string }[]).at(-1)?.content ?? '';
        const passage = prompt.split('<passage ').find((part) => part.includes(word));
        const number = /^number="(\d+)"/.exec(passage ?? '')?.[1] ?? 'none';
        return { tokens: ['Ada Grey ', 'built it ', `[${number}].${rest}`] };
      },
    });
  };
  const ask = async (question: string) => {
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill(question);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
  };
  const attachRegister = async () => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Attach files' }).click();
    const buffer = pdfOf(pages);
    await (await chooser).setFiles([{ name: 'register.pdf', mimeType: 'application/pdf', buffer }]);
    await page.getByRole('list', { name: 'Attached files' }).getByText('200 pages').waitFor();
  };

  // First: documents of others would be indexed before this one.
  it('shows how far a document is indexed, until it is', async () => {
    app.play({ capabilities: ['completion', 'embedding'], embedMs: 700 });
    page = await app.open();
    await attachRegister();
    const progress = page.getByRole('progressbar', { name: 'Indexing of register.pdf' });
    await progress.waitFor();
    const before = await progress.evaluate((bar) => (bar as HTMLProgressElement).value);
    await eventually(
      () => progress.evaluate((bar) => (bar as HTMLProgressElement).value),
      (value) => value > before,
    );
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/indexing.png` });
    // A message can be sent meanwhile: full text finds the passages.
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Who built the lighthouse?');
    await expectSoon(() => page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(false);
    app.play({ capabilities: ['completion', 'embedding'] });
    await progress.waitFor({ state: 'detached' });
  }, 90_000);

  it('opens the cited page of a long PDF, highlighted, by mouse and by keys, also after a reload', async () => {
    cite('lighthouse', ' Not `code[1]`, not [99].');
    page = await app.open();
    await attachRegister();
    await ask('Who built the lighthouse?');
    await sources()
      .getByRole('button', { name: `register.pdf, page ${answerPage}` })
      .waitFor();
    await expectSoon(() => sources().getByRole('button').count()).toBe(1);
    const cited = page.getByRole('article', { name: 'Answer' }).getByRole('button', { name: /^Source \d+$/ });
    await expectSoon(() => cited.count()).toBe(1);
    await cited.focus();
    await page.keyboard.press('Enter');
    await dialog().getByText(`register.pdf, page ${answerPage}`).waitFor();
    await expectSoon(() => dialog().locator('mark').textContent()).toBe(pages[answerPage - 1]);
    const around = await dialog().getByRole('region', { name: 'Text of the document' }).textContent();
    expect(around).toContain(`Page ${answerPage - 1} of the plain register`);
    expect(around).toContain(`Page ${answerPage + 1} of the plain register`);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/source.png` });
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expectSoon(() => cited.evaluate((element) => element === document.activeElement)).toBe(true);

    await page.reload();
    await sources()
      .getByRole('button', { name: `page ${answerPage}` })
      .click();
    await dialog().locator('mark').waitFor();
    const download = page.waitForEvent('download');
    await dialog().getByRole('link', { name: 'Download the document' }).click();
    expect((await download).suggestedFilename()).toBe('register.pdf');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });

    // The edited text keeps its citations.
    await page.getByRole('button', { name: 'Edit answer' }).press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.type(' Surely.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Edited by you').waitFor();
    await sources()
      .getByRole('button', { name: `page ${answerPage}` })
      .waitFor();
  });

  it('searches the document again for a follow-up, on a phone', async () => {
    cite('lighthouse');
    page = await app.open('/', { viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
    await attachRegister();
    await ask('Who built the lighthouse?');
    await sources().first().waitFor();
    await ask('Which page was it, the lighthouse?');
    await sources().nth(1).waitFor();
    await sources().nth(1).getByRole('button').first().click();
    await dialog().locator('mark').waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/phone.png` });
  });

  it('says that a document was deleted', async () => {
    cite('lighthouse');
    page = await app.open();
    await attachRegister();
    await ask('Who built the lighthouse?');
    await sources().first().waitFor();
    const { viewer } = await app.client.data<{
      viewer: { attachments: { edges: { node: { id: string } }[] } };
    }>('{ viewer { attachments(first: 1) { edges { node { id } } } } }');
    await app.client.data(
      'mutation ($id: ID!) { deleteAttachment(input: { id: $id }) { deletedAttachmentId } }',
      { id: viewer.attachments.edges[0]?.node.id },
    );
    await page.reload();
    await sources().getByRole('button', { name: 'A deleted document' }).click();
    await dialog().getByText('This document was deleted').waitFor();
  });
});
