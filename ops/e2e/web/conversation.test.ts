import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, focused, startChatApp } from './chatApp.ts';

const slow = (count: number) => ({
  tokens: Array.from({ length: count }, (_, index) => `${index} `),
  tokensPerSecond: 20,
});

describeInChromium('a conversation, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const field = () => page.getByRole('textbox', { name: 'Message', exact: true });
  const send = async (text: string) => {
    await field().fill(text);
    await page.keyboard.press('Enter');
  };
  const asked = () =>
    app.engine.chats.map(({ messages }) => (messages as { content: string }[]).at(-1)?.content);

  it('queues messages while an answer streams, and sends them in order when it ends', async () => {
    app.play(slow(60));
    page = await app.open();
    await send('The first');
    await page.waitForURL(/\/chat\/.+/);
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await send('The second');
    await send('The thrid');
    const queued = page.getByRole('list', { name: 'Queued messages' });
    await queued.getByText('The thrid').waitFor();
    await expectSoon(() => field().inputValue()).toBe('');
    await queued.getByRole('button', { name: 'Edit queued message' }).nth(1).press('Enter');
    await expectSoon(() => focused(page)).toBe('textarea Message');
    await expectSoon(() => field().inputValue()).toBe('The thrid');
    app.play(slow(8));
    await send('The third');
    await page.getByRole('article', { name: 'You' }).filter({ hasText: 'The third' }).waitFor();
    await queued.waitFor({ state: 'detached' });
    expect(asked().slice(-3)).toEqual(['The first', 'The second', 'The third']);
  }, 90_000);

  it('keeps queued messages after a failed answer and a reload, to send, edit or remove', async () => {
    app.play({ ...slow(60), fault: { kind: 'error line', after: 40, message: 'out of memory' } });
    page = await app.open();
    await send('It fails');
    await page.waitForURL(/\/chat\/.+/);
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await send('Waits');
    await page.getByRole('button', { name: 'Send now' }).waitFor();
    await page.reload();
    app.play(slow(3));
    await page.getByRole('button', { name: 'Send now' }).press('Enter');
    await page.getByRole('article', { name: 'You' }).filter({ hasText: 'Waits' }).waitFor();
    await page.getByRole('list', { name: 'Queued messages' }).waitFor({ state: 'detached' });
  }, 90_000);

  it('folds a long message', async () => {
    const prompt = 'A long line of words that is repeated. '.repeat(150);
    page = await app.open(await app.say('Yes.', prompt));
    const message = page.getByRole('article', { name: 'You' });
    const height = async () => (await message.boundingBox())?.height ?? 0;
    await message.getByRole('button', { name: /^Show all 5,/ }).waitFor();
    await expectSoon(height).toBeLessThan(400);
    await message.getByRole('button', { name: /^Show all/ }).press('Enter');
    await message.getByRole('button', { name: 'Show less' }).waitFor();
    await expectSoon(height).toBeGreaterThan(700);
  }, 60_000);

  it('refuses a text that is too long, types fast afterwards, and keeps a long draft', async () => {
    page = await app.open(await app.say('Yes.'));
    const paste = (text: string) =>
      field().evaluate((element, pasted) => {
        element.focus();
        document.execCommand('insertText', false, pasted);
      }, text);
    await paste('x'.repeat(1_048_576));
    await page.getByText(/At most 100,000 are possible, so nothing was added/).waitFor();
    const began = Date.now();
    await page.keyboard.type('twenty letters typed');
    expect((Date.now() - began) / 20).toBeLessThan(200);
    await expectSoon(() => field().inputValue()).toBe('twenty letters typed');
    const draft = 'word '.repeat(15_000);
    await field().fill(draft);
    await page.keyboard.type('end');
    // With `auto`, Chromium looks for the direction in the whole text with every key.
    await expectSoon(() => field().getAttribute('dir')).toBe('ltr');
    await paste('y'.repeat(50_000));
    await expectSoon(() => field().inputValue()).toBe(`${draft}end`);
    await page.reload();
    await field().waitFor();
    await expectSoon(() => field().inputValue()).toBe(`${draft}end`);
  }, 90_000);

  it('folds the thoughts of a model that is not known to think, and does not send them back', async () => {
    page = await app.open(await app.say('<think>\nlet me see\n</think>\n\nFour.', 'What is 2+2?'));
    await page.getByRole('button', { name: 'Thoughts' }).waitFor();
    expect(await page.getByRole('article', { name: /^Answer/ }).textContent()).not.toContain('let me see');
    await send('And 3+3?');
    await page
      .getByRole('article', { name: /^Answer/ })
      .nth(1)
      .waitFor();
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    expect(app.engine.chats.at(-1)?.messages).toContainEqual({ role: 'assistant', content: 'Four.' });
    const { conversations } = await app.client.data<{ conversations: { edges: unknown[] } }>(
      '{ conversations(first: 5, search: "see") { edges { cursor } } }',
    );
    expect(conversations.edges).toHaveLength(0);
  }, 60_000);

  it('fetches one page of messages when it opens a long conversation', async () => {
    app.play({ tokens: ['A short answer.'] });
    const { conversation, generation } = await app.client.generate({ prompt: 'Message 0' });
    await app.client.finished(generation.id);
    for (let index = 1; index < 40; index += 1) {
      const next = await app.client.generate({ prompt: `Message ${index}`, conversationId: conversation.id });
      await app.client.finished(next.generation.id);
    }
    page = await app.open('/');
    let pages = 0;
    page.on('request', (request) => {
      if (/ConversationViewPaginationQuery/.test(request.postData() ?? '')) pages += 1;
    });
    await page.getByRole('link', { name: 'Message 0' }).click();
    await page.getByText('Message 39').waitFor();
    await page.waitForTimeout(500);
    expect(pages).toBe(0);
    const earlier = page.waitForResponse((response) =>
      /ConversationViewPaginationQuery/.test(response.request().postData() ?? ''),
    );
    await page.getByRole('log', { name: 'Messages' }).evaluate((list) => list.scrollTo(0, 0));
    expect((await earlier).status()).toBe(200);
  }, 120_000);

  it('remembers the model chosen for new chats', async () => {
    page = await app.open();
    await page.getByRole('button', { name: /^Model: / }).press('Enter');
    await page.getByRole('menuitemradio', { name: /^stand-in/ }).press('Enter');
    await page.reload();
    await page.getByRole('button', { name: 'Model: stand-in:latest' }).waitFor();
  }, 60_000);

  it('shows how much of the context is used, and where the history no longer reaches the model', async () => {
    // The stand-in's models have a context of 2,048 tokens. It reports 7 for each prompt, which halves the estimates.
    page = await app.open(await app.say('Yes.', 'A short question'));
    const gauge = page.getByRole('meter', { name: 'Context used' });
    await gauge.waitFor();
    expect(Number(await gauge.getAttribute('aria-valuenow'))).toBeLessThan(5);
    app.play({ tokens: ['A long answer. '.repeat(100)] });
    for (let index = 0; index < 4; index += 1) {
      await send(`Question ${index}: ${'long words '.repeat(250)}`);
      // The list holds only the articles near the visible ones.
      await page.getByText(`Question ${index}:`).first().waitFor();
      await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    }
    await gauge.getByText('Context full').waitFor();
    await page.getByRole('log', { name: 'Messages' }).evaluate((list) => list.scrollTo(0, 0));
    await page.getByRole('note').getByText('no longer reach the model').waitFor();
  }, 90_000);

  it('uses the system prompt and the options of its settings, and names the models of its answers', async () => {
    page = await app.open(await app.say('Yes.', 'Settings'));
    await page.getByRole('button', { name: 'Chat settings' }).press('Enter');
    await expectSoon(() => focused(page)).toBe('textarea systemPrompt');
    await page.keyboard.type('Answer briefly.');
    await page.getByLabel('Temperature').fill('0.2');
    await page.getByLabel('Stop sequences').fill('END');
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    app.play({ tokens: ['No.'] });
    await page.getByRole('button', { name: /^Model: / }).press('Enter');
    const saved = page.waitForResponse((response) =>
      /useUpdateConversationMutation/.test(response.request().postData() ?? ''),
    );
    await page.getByRole('menuitemradio', { name: /^stand-in/ }).press('Enter');
    await saved;
    await page.getByRole('button', { name: 'Model: stand-in:latest' }).waitFor();
    await send('Now?');
    await page
      .getByRole('article', { name: /^Answer/ })
      .filter({ hasText: 'other:1b' })
      .waitFor();
    await page
      .getByRole('article', { name: /^Answer/ })
      .filter({ hasText: 'stand-in:latest' })
      .waitFor();
    const { messages, options } = app.engine.chats.at(-1) as { messages: object[]; options: object };
    expect(messages[0]).toEqual({ role: 'system', content: 'Answer briefly.' });
    expect(options).toMatchObject({ temperature: 0.2, stop: ['END'] });
    await page.getByRole('button', { name: 'Chat settings' }).press('Enter');
    await page.getByLabel('Temperature').fill('9');
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    expect(
      await page.getByLabel('Temperature').evaluate((field: HTMLInputElement) => field.validity.valid),
    ).toBe(false);
    await page.getByRole('dialog', { name: 'Chat settings' }).waitFor();
  }, 60_000);
});
