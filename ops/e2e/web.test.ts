import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, openBrowser } from './harness/browser.ts';
import { type Client, signIn } from './harness/client.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

/** The timeout of page actions, in milliseconds. */
const timeoutMs = 30_000;

describeInBrowser('the web app in Chromium', () => {
  let folder: string;
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  let client: Client;
  let problems: string[];

  beforeAll(async () => {
    folder = await makeFolder();
    [server, browser] = await Promise.all([startServer({ dataDir: folder }), openBrowser()]);
    client = await signIn(server.url, 'admin', adminPassword);
  }, 90_000);

  afterAll(async () => {
    await client?.close();
    await browser?.close();
    await server?.stop();
    await removeFolder(folder);
  }, 60_000);

  const openPage = async (): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(timeoutMs);
    const opened = await context.newPage();
    opened.on('pageerror', (error) => problems.push(error.message));
    opened.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    return opened;
  };

  const enter = async (opened: Page, path = '/') => {
    await opened.goto(`${server.url}${path}`);
    await opened.getByLabel('Username').fill('admin');
    await opened.getByLabel('Password').fill(adminPassword);
    await opened.getByRole('button', { name: 'Sign in' }).click();
    await opened.getByRole('textbox', { name: 'Message' }).waitFor();
  };

  const ask = async (opened: Page, prompt: string) => {
    await opened.getByRole('textbox', { name: 'Message' }).fill(prompt);
    await opened.keyboard.press('Enter');
    await opened.waitForURL(/\/chat\/.+/);
  };

  /**
   * Opens a conversation with deterministic options: with the defaults, a small model may write for minutes, or write
   * Markdown that the page shows differently from the stored text.
   */
  const askSteadily = async (opened: Page, prompt: string, maxTokens: number) => {
    const input = { title: prompt, options: { temperature: 0, maxTokens } };
    const { createConversation } = await client.data<{
      createConversation: { conversation: { id: string } };
    }>(
      'mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }',
      { input },
    );
    await opened.goto(`${server.url}/chat/${encodeURIComponent(createConversation.conversation.id)}`);
    await ask(opened, prompt);
  };

  /** Resolves to the newest answer as the page shows it. */
  const answer = (opened: Page) => opened.getByRole('article', { name: /^Answer/ }).last();

  const until = async (opened: Page, ready: (text: string) => boolean): Promise<string> => {
    const giveUpAt = Date.now() + timeoutMs;
    for (;;) {
      const text = (await answer(opened).count()) === 0 ? '' : ((await answer(opened).textContent()) ?? '');
      if (ready(text)) return text;
      if (Date.now() > giveUpAt) throw new Error(`the answer is still: ${text}`);
      await opened.evaluate(() => new Promise(requestAnimationFrame));
    }
  };

  /** Resolves to the newest answer of the shown conversation as it is stored, once it has ended. */
  const stored = async (opened: Page): Promise<string> => {
    const id = decodeURIComponent(new URL(opened.url()).pathname.split('/').at(-1) ?? '');
    const { node } = await client.data<{
      node: { messages: { edges: { node: { generation: { id: string } } }[] } };
    }>(
      `query ($id: ID!) { node(id: $id) { ... on Conversation {
        messages(last: 1) { edges { node { generation { id } } } }
      } } }`,
      { id },
    );
    return (await client.finished(node.messages.edges[0]?.node.generation.id ?? '')).text;
  };

  /** Returns the words of a text without formatting: the page shows numbers of lists separately, or not at all. */
  const words = (text: string) => text.replace(/\P{L}+/gu, ' ').trim();

  /** Returns whether a text contains all words in order. Formulas add words in between, and buttons have no spaces. */
  const hasAll = (text: string, whole: string) => {
    let at = 0;
    return words(whole)
      .split(' ')
      .every((word) => {
        const found = text.indexOf(word, at);
        at = found + word.length;
        return found >= 0;
      });
  };

  const showsAll = async (opened: Page) => {
    const whole = await stored(opened);
    await until(opened, (text) => hasAll(text, whole));
    await opened.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  };

  beforeEach(async () => {
    problems = [];
    page = await openPage();
  });
  afterEach(async () => {
    await page.context().close();
    expect(problems).toEqual([]);
  });

  it('rejects a wrong password with a message, and accepts the right one', async () => {
    await page.goto(server.url);
    await page.waitForURL(/\/login/);
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('wrong').waitFor();
    await page.getByLabel('Password').fill(adminPassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    problems = [];
  }, 60_000);

  it('answers "What is 2+2?", and shows the answer after a reload', async () => {
    await enter(page);
    await askSteadily(page, 'What is 2+2?', 60);
    await until(page, (text) => text.length > 3);
    await showsAll(page);
    await page.reload();
    await showsAll(page);
    await page.getByRole('link', { name: 'What is 2+2?' }).first().waitFor();
  }, 90_000);

  it('continues streaming after a reload during an answer, with no text missing or repeated', async () => {
    await enter(page);
    await askSteadily(page, 'Write a story of three short paragraphs about a lighthouse.', 400);
    const before = await until(page, (text) => text.length > 40);
    await page.reload();
    await until(page, (text) => text.length > before.length + 20);
    await showsAll(page);
    expect(words((await answer(page).textContent()) ?? '').split(words(await stored(page)))).toHaveLength(2);
  }, 180_000);

  it('streams an answer in a second tab too, and stops it from there', async () => {
    await enter(page);
    await ask(page, 'Tell me a very long story about a mountain, with many chapters.');
    await until(page, (text) => text.length > 10);
    const second = await page.context().newPage();
    await second.goto(page.url());
    await until(second, (text) => text.length > 20);
    await second.getByRole('button', { name: 'Stop' }).click();
    for (const tab of [page, second]) await showsAll(tab);
    await page.getByRole('button', { name: 'Continue' }).waitFor();
  }, 90_000);

  it('answers on the page to test a model over REST, also with a fallback model', async () => {
    await enter(page);
    await page.getByRole('button', { name: 'Menu of ' }).click();
    await page.getByRole('menuitem', { name: 'Models' }).click();
    await page.getByRole('link', { name: 'Test a model' }).click();
    await page.getByRole('heading', { name: 'LLM Test Interface' }).waitFor();
    const { models } = await client.data<{ models: { edges: { node: { name: string } }[] } }>(
      '{ models(first: 100) { edges { node { name } } } }',
    );
    const asked = page.waitForResponse(`${server.url}/api/llm/generate`, { timeout: 2 * timeoutMs });
    await page.getByRole('textbox', { name: 'Prompt' }).fill('Explain what Ziggie does in one sentence');
    await page.keyboard.press('Control+Enter');
    expect((await asked).status()).toBe(200);
    await page.getByText('tokens/s').waitFor({ timeout: 2 * timeoutMs });
    const response = (await page.getByRole('region', { name: 'Response' }).textContent()) ?? '';
    expect(models.edges.some(({ node }) => response.includes(node.name))).toBe(true);
    expect(words(response).length).toBeGreaterThan(60);
  }, 180_000);

  it('lists the conversations after a restart of the server', async () => {
    await enter(page);
    await askSteadily(page, 'Say hello to the restart.', 60);
    await showsAll(page);
    await client.close();
    await server.stop();
    server = await startServer({ dataDir: folder, env: { PORT: new URL(server.url).port } });
    client = await signIn(server.url, 'admin', adminPassword);
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Say hello to the restart.' }).click();
    // The address changes after the click: the page loads the conversation first.
    await page.waitForURL(/\/chat\/.+/);
    await showsAll(page);
    // While the server was down, the page logged it in its console.
    problems = problems.filter((problem) => !problem.includes('WebSocket'));
  }, 120_000);
});
