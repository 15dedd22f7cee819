import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, startChatApp } from './chatApp.ts';

describeInChromium('presets, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const result = () => page.getByRole('region', { name: 'Result' });
  const run = () => page.getByRole('button', { name: 'Run', exact: true });

  it('are found in the gallery, and review an example', async () => {
    const finding = {
      line: 11,
      severity: 'CRITICAL',
      category: 'SECURITY',
      title: 'SQL injection',
      explanation: 'The name becomes part of the statement.',
      suggestion: "    const sql = 'SELECT * FROM users WHERE name = ?';",
    };
    app.play({ tokens: [JSON.stringify({ summary: 'Builds SQL from input.', findings: [finding] })] });
    page = await app.open('/');
    await page.getByRole('link', { name: 'Presets' }).click();
    await page.getByRole('link', { name: /Explain an error/ }).waitFor();
    await page.getByRole('searchbox', { name: 'Search presets' }).fill('review');
    await page.getByRole('link', { name: /Explain an error/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /Review code/ }).click();
    await page.getByRole('heading', { name: 'Review code' }).waitFor();
    await page.getByRole('button', { name: 'Fill in an example' }).click();
    await run().click();
    await result().getByRole('heading', { name: 'Changes needed' }).waitFor();
    await result().getByText('src/users.js:11').waitFor();
    await result().getByText("+    const sql = 'SELECT * FROM users WHERE name = ?';").waitFor();
    await result().getByRole('button', { name: 'Show as JSON' }).click();
    await result().getByText('"verdict": "REQUEST_CHANGES"').waitFor();
  }, 90_000);

  it('open by a slash command, with the text after it', async () => {
    const answer = {
      cause: 'x has no value.',
      location: 'main.js:3',
      steps: ['Set x.'],
      commands: ['node --check main.js'],
      confidence: 'HIGH',
    };
    app.play({ tokens: [JSON.stringify(answer)] });
    page = await app.open('/');
    const message = page.getByRole('textbox', { name: 'Message' });
    await message.fill('/err');
    await page
      .getByRole('list', { name: 'Presets for this command' })
      .getByText('Explain an error')
      .waitFor();
    await message.fill('/error-explanation TypeError: x is undefined');
    await page.getByRole('list', { name: 'Presets for this command' }).waitFor();
    await message.press('Enter');
    await page.waitForURL(/\/presets\/error-explanation$/);
    const log = page.getByRole('textbox', { name: 'Stack trace or log' });
    await expectSoon(() => log.inputValue()).toBe('TypeError: x is undefined');
    await run().click();
    await result().getByText('x has no value.').waitFor();
    await result().getByText('High confidence').waitFor();
    await page.goBack();
    await expectSoon(() => message.inputValue()).toBe('');
  }, 90_000);

  it('read a transcript from a file, and say what is wrong with it', async () => {
    page = await app.open('/presets/meeting-summary');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Open a file' }).click();
    const empty = Buffer.from('WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n\n');
    await (await chooser).setFiles({ name: 'm.vtt', mimeType: 'text/vtt', buffer: empty });
    await run().click();
    await page.getByRole('alert').getByText('contains no spoken text').waitFor();
    app.play({
      tokens: [
        JSON.stringify({
          summary: 'They ship.',
          decisions: [{ text: 'Ship on Friday', line: 1 }],
          actionItems: [{ owner: 'Bob', task: 'Write notes', due: 'Thursday', line: 2 }],
          openQuestions: [],
        }),
      ],
    });
    const text = 'Ada: We ship on Friday.\nBob: I write the notes until Thursday.';
    await page.getByRole('textbox', { name: 'Transcript' }).fill(text);
    await run().click();
    await result().getByRole('listitem').filter({ hasText: 'Ship on Friday' }).waitFor();
    await result().getByText('Bob, line 2').click();
    await result().getByText('I write the notes until Thursday.').waitFor();
    await result().getByText('No question was left open.').waitFor();
  }, 90_000);

  it('stop the model with the button, and show the text of an answer that fits no schema', async () => {
    app.play({ tokens: Array.from({ length: 200 }, () => 'word '), tokensPerSecond: 20 });
    page = await app.open('/presets/translate');
    await page.getByRole('button', { name: 'Fill in an example' }).click();
    await run().click();
    const left = app.engine.left();
    await page.getByRole('button', { name: 'Stop' }).click();
    await left;
    await page.getByText('Stopped.').waitFor();
    await page.goto(`${app.server.url}/presets/error-explanation`);
    app.play({ tokens: ['This is no JSON.'] });
    await page.getByRole('button', { name: 'Fill in an example' }).click();
    await run().click();
    await page.getByRole('alert').getByText('does not match the output schema').waitFor();
    await page.getByRole('region', { name: 'Text of the model' }).getByText('This is no JSON.').waitFor();
  }, 90_000);
});
