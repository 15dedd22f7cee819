import type { Page } from 'playwright-core';
import { eventually } from '../../../api/process/eventually.testing.ts';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, startChatApp } from './chatApp.ts';

describeInChromium('the defaults for answers, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  it('are set for all models and for one by keyboard, and apply to a new chat', async () => {
    page = await app.open('/settings');
    const list = page.getByRole('list', { name: 'Defaults' });
    await list.getByText('None').waitFor();
    await page.getByRole('button', { name: 'Edit the defaults for all models' }).press('Enter');
    await expectSoon(() => focused(page)).toBe('textarea systemPrompt');
    await page.keyboard.type('Answer in French.');
    await page.getByLabel('Max tokens').fill('77');
    await page.getByLabel('Max tokens').press('Enter');
    await list.getByText('“Answer in French.”, max tokens 77').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await eventually(
      () => focused(page),
      (name) => name === 'button Edit the defaults for all models',
    );

    await page.getByLabel('Another model').selectOption('other:1b');
    await page.getByRole('button', { name: 'Add', exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'Defaults for other:1b' }).waitFor();
    await page.getByLabel('Temperature').fill('0.25');
    await page.getByLabel('Temperature').press('Enter');
    await list.getByText('temperature 0.25').waitFor();
    await page.reload();
    await list.getByText('temperature 0.25').waitFor();

    await page.goto(app.server.url);
    app.play({ tokens: ['Bonjour.'] });
    const composer = page.getByRole('textbox', { name: 'Message' });
    await composer.fill('Greet me');
    await composer.press('Enter');
    await page.getByText('Bonjour.').waitFor();
    // After the answer's end, nothing moves the focus while a key is pressed.
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    expect(
      app.engine.chats.find(({ messages }) => JSON.stringify(messages).includes('Greet me')),
    ).toMatchObject({
      messages: [{ role: 'system', content: 'Answer in French.' }, { role: 'user' }],
      options: { temperature: 0.25, num_predict: 77 },
    });
    await page.getByRole('button', { name: 'Chat settings' }).press('Enter');
    await page.getByText('While this is empty, the system prompt of the folder applies').waitFor();
    await expectSoon(() => page.getByLabel('Temperature').getAttribute('placeholder')).toBe('0.25');
    await page.getByRole('checkbox', { name: 'No system prompt' }).press('Space');
    await expectSoon(() => page.getByLabel('System prompt', { exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    app.play({ tokens: ['Good day.'] });
    await composer.fill('And again');
    await composer.press('Enter');
    await page.getByText('Good day.').waitFor();
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    expect(app.engine.chats.at(-1)).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user' }],
    });
    await page.getByRole('button', { name: 'Chat settings' }).press('Enter');
    await expectSoon(() => page.getByRole('checkbox', { name: 'No system prompt' }).isChecked()).toBe(true);
    await page.keyboard.press('Escape');

    await page.goto(`${app.server.url}/settings`);
    await list.getByText('temperature 0.25').waitFor();
    // The notice disappears by itself after a few seconds: it is awaited from the beginning.
    await Promise.all([
      page.getByText('The defaults for other:1b were reset.').waitFor(),
      page.getByRole('button', { name: 'Reset the defaults for other:1b' }).press('Enter'),
      list.getByText('temperature 0.25').waitFor({ state: 'detached' }),
    ]);
  }, 60_000);
});
