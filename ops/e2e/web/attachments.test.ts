import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { docxOf, pdfOf, pptxOf } from '../../../api/attachments/reading/documents.testing.ts';
import { pictureOf } from '../../../api/attachments/reading/ocr/scans.testing.ts';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, startChatApp } from './chatApp.ts';

describeInChromium('attachments, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp({ WRITE_LIMIT: 'off', RATE_LIMIT: 'off', OCR_LANGUAGES: 'eng' });
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const field = () => page.getByRole('textbox', { name: 'Message', exact: true });
  const attached = () => page.getByRole('list', { name: 'Attached files' });
  const sent = () => page.getByRole('list', { name: 'Attachments' });
  const sendButton = () => page.getByRole('button', { name: 'Send', exact: true });
  const choose = async (...files: { name: string; mimeType: string; buffer: Buffer }[]) => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Attach files' }).click();
    await (await chooser).setFiles(files);
  };
  const text = (name: string, content: string | Buffer) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(content),
  });
  /** Drops or pastes a file as a program would. Resolves to whether the browser would have opened it. */
  const give = (kind: 'drop' | 'paste', target: string, name: string, content: string) =>
    page.locator(target).evaluate(
      (element, [event, fileName, body]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([body as string], fileName as string));
        const init = { bubbles: true, cancelable: true };
        return element.dispatchEvent(
          event === 'drop'
            ? new DragEvent('drop', { ...init, dataTransfer: transfer })
            : new ClipboardEvent('paste', { ...init, clipboardData: transfer }),
        );
      },
      [kind, name, content] as const,
    );

  it('sends a PDF, a Word document and a presentation with a new conversation, and shows them with the message', async () => {
    app.play({ tokens: ['I read both.'] });
    page = await app.open();
    await choose(
      { name: 'report.pdf', mimeType: 'application/pdf', buffer: pdfOf(['Sales fell', 'They rose']) },
      { name: 'letter.docx', mimeType: '', buffer: docxOf(['Dear reader', 'Hello']) },
      { name: 'deck.pptx', mimeType: '', buffer: pptxOf([{ title: 'Harbour plan' }]) },
    );
    await attached().getByText('2 pages, about').waitFor();
    await attached().getByText('letter.docx').waitFor();
    await attached().getByText('1 slide, about').waitFor();
    await field().fill('What do they say?');
    await sendButton().click();
    await page.getByText('I read both.').waitFor();
    await sent().getByText('report.pdf').waitFor();
    const { messages } = app.engine.chats.at(-1) as { messages: { content: string }[] };
    expect(messages.at(-1)?.content).toMatch(
      /Sales fell[\s\S]*Dear reader[\s\S]*Harbour plan[\s\S]*What do they say\?$/,
    );
    const download = page.waitForEvent('download');
    await sent().getByText('letter.docx').click();
    expect((await download).suggestedFilename()).toBe('letter.docx');
    await page.reload();
    await sent().getByText('letter.docx').waitFor();
  });

  it('takes dropped and pasted files, never leaves the page, and removes files', async () => {
    page = await app.open(await app.say('Done.'));
    expect(await give('drop', 'main', 'notes.md', '# Notes')).toBe(false);
    await attached().getByText('notes.md').waitFor();
    expect(await give('paste', 'textarea[aria-label="Message"]', 'pasted.txt', 'pasted')).toBe(false);
    await attached().getByText('pasted.txt').waitFor();
    await page.getByRole('button', { name: 'Remove notes.md' }).click();
    await page.getByRole('button', { name: 'Remove pasted.txt' }).click();
    await attached().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'New chat' }).first().waitFor();
  });

  it('explains what can’t be read, and keeps the text', async () => {
    page = await app.open();
    await field().fill('Look at this');
    await choose(text('broken.pdf', '%PDF-1.7 nothing'), text('empty.txt', ''));
    await attached().getByText('"broken.pdf" is damaged.').waitFor();
    await attached().getByText('"empty.txt" is empty.').waitFor();
    await expectSoon(() => sendButton().isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Remove broken.pdf' }).click();
    await page.getByRole('button', { name: 'Remove empty.txt' }).click();
    await expectSoon(() => field().inputValue()).toBe('Look at this');
    await expectSoon(() => sendButton().isEnabled()).toBe(true);
  });

  it('shows progress, and cancels an upload', async () => {
    page = await app.open();
    await page.route('**/api/attachments?*', () => {
      // Never answered: the upload stays in progress.
    });
    await choose(text('long.txt', 'x'.repeat(100_000)));
    await page.getByRole('button', { name: 'Cancel the upload of long.txt' }).click();
    await attached().waitFor({ state: 'detached' });
  });

  it('gives a model that sees no images the text in one, and shows the text', async () => {
    app.play({ tokens: ['In the morning.'] });
    page = await app.open();
    const sign = await pictureOf('Ferry leaves at 0815');
    await choose({ name: 'sign.png', mimeType: 'image/png', buffer: sign });
    await attached().getByText('text read from the image by OCR: about').waitFor();
    await field().fill('When?');
    await sendButton().click();
    await page.getByText('In the morning.').waitFor();
    await sent().getByRole('img', { name: 'sign.png' }).waitFor();
    await sent().getByText('Text read from the image by OCR').click();
    await sent().getByText('Ferry leaves at 0815').waitFor();
  });

  it('shows an image in the message, and restores it where the model can’t see', async () => {
    page = await app.open();
    const png = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'green' } })
      .png()
      .toBuffer();
    await choose({ name: 'photo.png', mimeType: 'image/png', buffer: png });
    await attached().getByText('KB').waitFor();
    await field().fill('What is this?');
    await sendButton().click();
    await page.getByText("can't see images").waitFor();
    await expectSoon(() => field().inputValue()).toBe('What is this?');
    await attached().getByText('photo.png').waitFor();

    app.play({ tokens: ['Green.'], capabilities: ['completion', 'vision'] });
    const image = page.getByRole('img', { name: 'photo.png' });
    // The server notices after a few seconds what a model can do.
    for (let tries = 0; tries < 60 && (await image.count()) === 0; tries += 1) {
      await page.waitForTimeout(500);
      if (await sendButton().isEnabled()) await sendButton().click();
    }
    await image.waitFor();
    expect(
      await image.evaluate((element: HTMLImageElement) => element.decode().then(() => element.naturalWidth)),
    ).toBe(40);
  }, 90_000);
});
