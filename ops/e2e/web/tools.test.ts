import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Locator, Page, Route } from 'playwright-core';
import { stdioCommand } from '../../../api/tools/mcp/mcp.testing.ts';
import { describeInChromium } from '../harness/browser.ts';
import { createTestClient } from '../harness/client.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { type ChatApp, focused, phone, startChatApp } from './chatApp.ts';

describeInChromium('tools in the app, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    folder = await makeFolder();
    const path = join(folder, 'tools.json');
    const tools = [{ name: 'add', readOnly: true }, { name: 'note' }];
    await writeFile(path, JSON.stringify({ servers: [{ name: 'test', ...stdioCommand, tools }] }));
    app = await startChatApp({ TOOLS_FILE: path });
  }, 90_000);
  afterAll(async () => {
    await app?.close();
    await removeFolder(folder);
  }, 60_000);
  afterEach(() => page.context().close());

  /** Resolves once the server has listed the models with or without the capability, whatever it remembers of them. */
  const listed = (canCall: boolean) =>
    expectSoon(async () => {
      const query = '{ models { edges { node { capabilities } } } }';
      const { models } = await app.client.data<{
        models: { edges: { node: { capabilities: readonly string[] } }[] };
      }>(query);
      return models.edges.every(({ node }) => node.capabilities.includes('tools') === canCall);
    }).toBe(true);

  /** Plays a model that calls the tool after each question and `tokens`, and then repeats its result. */
  const play = (name: string, given: object, tokens: readonly string[] = []) => {
    app.play({
      capabilities: ['completion', 'tools'],
      chat: ({ messages }) => {
        const last = (messages as { role: string; content: string }[]).at(-1);
        return last?.role === 'tool'
          ? { tokens: ['It says: ', last.content] }
          : { tokens, toolCalls: [{ name, arguments: given }] };
      },
    });
    return listed(true);
  };

  const choose = async (name: string) => {
    await page.getByRole('button', { name: /tools?( chosen)?$/ }).press('Enter');
    await page.getByRole('menuitemcheckbox', { name }).press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '1 tool chosen' }).waitFor();
  };
  const ask = async (text: string) => {
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/chat\/.+/);
  };
  const card = (name: string) =>
    page.getByRole('list', { name: 'Calls of tools' }).getByRole('button', { name });

  /** Returns the names and the values of the arguments of the call that is open. */
  const argumentsShown = async (): Promise<readonly string[]> => {
    const group = page.getByRole('group', { name: 'Arguments' });
    await group.waitFor();
    return group.locator('dt, dd > div').allTextContents();
  };

  const isInView = (locator: Locator): Promise<boolean> =>
    locator.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      const log = element.closest('[role="log"]')?.getBoundingClientRect();
      return log !== undefined && top >= log.top && bottom <= log.bottom;
    });

  /** Returns what axe finds on the page: the rule and the element. */
  const findings = async (): Promise<readonly string[]> => {
    await page.evaluate(axe.source);
    return page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ['violations'],
      });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
    });
  };

  it('are chosen for an answer, whose calls are shown with their contents, also after a reload', async () => {
    await play('test_add', { a: 20, b: 3 });
    page = await app.open();
    await choose('test_add');
    await ask('What is 20 + 3?');
    await page.getByRole('article', { name: 'Answer' }).getByText('It says: 23').waitFor();
    await card('test_add Done').click();
    expect(await argumentsShown()).toEqual(['a', '20', 'b', '3']);
    await page.getByRole('group', { name: 'Result' }).getByText('23', { exact: true }).waitFor();
    await page.reload();
    await card('test_add Done').click();
    await page.getByRole('group', { name: 'Result' }).getByText('23', { exact: true }).waitFor();
    // The choice is kept for the next question.
    await ask('And again?');
    await expectSoon(() => card('test_add Done').count()).toBe(2);
  }, 90_000);

  it('are called for a message that is edited', async () => {
    const path = await app.say('Ask me.', 'Nothing.');
    await play('test_add', { a: 20, b: 3 });
    page = await app.open(path);
    await choose('test_add');
    await page.getByRole('button', { name: 'Edit message' }).press('Enter');
    await page.getByRole('textbox', { name: 'Message to edit' }).fill('What is 20 + 3?');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('article', { name: 'Answer' }).getByText('It says: 23').waitFor();
    await card('test_add Done').waitFor();
  }, 90_000);

  it('are shown at their place in the text of the answer, while it runs and after a reload', async () => {
    await play('test_add', { a: 20, b: 3 }, ['Let me ', 'add.']);
    page = await app.open();
    await choose('test_add');
    await ask('What is 20 + 3?');
    const answer = page.getByRole('article', { name: 'Answer' });
    const inOrder = /^Let me add\.\s*test_add\s*Done\s*It says: 23/;
    await expectSoon(() => answer.textContent()).toMatch(inOrder);
    await page.reload();
    await expectSoon(() => answer.textContent()).toMatch(inOrder);
  }, 90_000);

  it.each([
    ['Allow', 'Done', 'It says: kept'],
    ['Deny', 'Not called', 'It says: The user denied the call.'],
  ])(
    'wait for the user before they change something: %s',
    async (decision, state, text) => {
      await play('test_note', { text: 'Buy milk' });
      page = await app.open();
      await choose('test_note');
      await ask('Note that I have to buy milk.');
      // Without a press: what is to be decided on is shown.
      expect(await argumentsShown()).toEqual(['text', '"Buy milk"']);
      expect(await findings()).toEqual([]);
      await page.getByRole('button', { name: `${decision} the call of test_note` }).press('Enter');
      await page.getByRole('article', { name: 'Answer' }).getByText(text).waitFor();
      await card(`test_note ${state}`).waitFor();
      expect(await focused(page)).not.toBe('body');
    },
    90_000,
  );

  it('say beside the composer that they wait, and are shown from there', async () => {
    await play('test_note', { text: 'Buy milk' }, ['A line.\n\n'.repeat(80)]);
    page = await app.open();
    await choose('test_note');
    await ask('Think, then note it.');
    const messages = page.getByRole('log', { name: 'Messages' });
    const deny = page.getByRole('button', { name: 'Deny the call of test_note' });
    await deny.waitFor();
    await page.getByText(/^Decide before .+ After that it counts as denied\.$/).waitFor();
    // It stays where the reader has scrolled to.
    await messages.focus();
    await page.keyboard.press('Home');
    await expectSoon(() => isInView(deny)).toBe(false);
    await page.getByText('The answer waits for your decision on test_note.').waitFor();
    expect(await findings()).toEqual([]);
    await page.getByRole('button', { name: 'Show', exact: true }).press('Enter');
    await expectSoon(() => isInView(deny)).toBe(true);
    expect(await focused(page)).toBe('button');
    await deny.press('Enter');
    await page.getByText('It says: The user denied the call.').waitFor();
    await page.getByText('The answer waits').waitFor({ state: 'detached' });
  }, 90_000);

  it('show who asked for them, and all characters of what is decided on', async () => {
    await play('test_note', { text: 'Buy \u202eklim' });
    const { createApiKey } = await app.client.data<{ createApiKey: { secret: string } }>(
      'mutation { createApiKey(input: { name: "robot", scopes: [READ, CHAT] }) { secret } }',
    );
    const robot = createTestClient(app.server.url, createApiKey.secret);
    const { conversation } = await robot.generate({ prompt: 'Note it.', tools: ['test_note'] });
    await robot.close();
    page = await app.open(`/chat/${encodeURIComponent(conversation.id)}`);
    await page.getByText('An API key asked for this answer, not you in the app: robot').waitFor();
    expect(await argumentsShown()).toEqual(['text', '"Buy \\u202Eklim"']);
    expect(await findings()).toEqual([]);
    await page.getByRole('button', { name: 'Deny the call of test_note' }).press('Enter');
    await card('test_note Not called').waitFor();
  }, 90_000);

  it('can’t be decided on if their arguments can’t be loaded', async () => {
    await play('test_note', { text: 'Buy milk' });
    page = await app.open();
    await choose('test_note');
    const isDetails = (route: Route) => route.request().postData()?.includes('ToolCallDetailsQuery');
    await page.route('**/graphql', (route) => (isDetails(route) ? route.abort() : route.continue()));
    await ask('Note it.');
    const again = page
      .getByRole('list', { name: 'Calls of tools' })
      .getByRole('button', { name: 'Try again' });
    await again.waitFor();
    const decisions = page.getByRole('button', { name: /^(Allow|Deny) the call/ });
    expect(await decisions.count()).toBe(0);
    await page.unroute('**/graphql');
    await again.press('Enter');
    await decisions.last().press('Enter');
    await page.getByText('It says: The user denied the call.').waitFor();
  }, 90_000);

  it('show the decision that another tab makes', async () => {
    await play('test_note', { text: 'Buy milk' });
    page = await app.open();
    await choose('test_note');
    await ask('Note it.');
    await page.getByRole('button', { name: 'Allow the call of test_note' }).waitFor();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByRole('button', { name: 'Deny the call of test_note' }).press('Enter');
    await page.getByText('It says: The user denied the call.').waitFor();
    await card('test_note Not called').waitFor();
    expect(await page.getByRole('button', { name: /^(Allow|Deny) the call/ }).count()).toBe(0);
    expect(await page.getByRole('alert').count()).toBe(0);
  }, 90_000);

  it('stay when an older state of the answer arrives after them', async () => {
    const path = await app.say('Yes?');
    await play('test_note', { text: 'Buy milk' });
    page = await app.open(path);
    await choose('test_note');
    const late = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('useSendMessageMutation')) return route.continue();
      const response = await route.fetch();
      await late.promise;
      await route.fulfill({ response });
    });
    const sent = page.waitForResponse((response) =>
      Boolean(response.request().postData()?.includes('useSendMessageMutation')),
    );
    await ask('Note it.');
    const deny = page.getByRole('button', { name: 'Deny the call of test_note' });
    await deny.waitFor();
    late.resolve();
    await (await sent).finished();
    // The page has the response before its next task.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    expect(await deny.isVisible()).toBe(true);
    await deny.press('Enter');
    await page.getByText('It says: The user denied the call.').waitFor();
  }, 90_000);

  it('stay chosen, but are not sent, with a model that can’t call them', async () => {
    await play('test_add', { a: 20, b: 3 });
    page = await app.open();
    await choose('test_add');
    app.play({ capabilities: ['completion'], tokens: ['Without tools.'] });
    await listed(false);
    await page.reload();
    await page.getByTitle(/can’t call tools\. The chosen tools are kept for other models\.$/).press('Enter');
    await page.getByRole('menuitemcheckbox', { name: 'test_add', checked: true }).waitFor();
    await page.keyboard.press('Escape');
    await ask('What is 20 + 3?');
    await page.getByRole('article', { name: 'Answer' }).getByText('Without tools.').waitFor();
    await page.getByTitle(/can’t call tools/).waitFor();
    await play('test_add', { a: 20, b: 3 });
    await page.reload();
    await page.getByRole('button', { name: '1 tool chosen' }).waitFor();
    await ask('And now?');
    await page.getByText('It says: 23').waitFor();
  }, 90_000);

  it('leave room for the name of the model on a phone', async () => {
    await play('test_note', { text: 'Buy milk' });
    const asked = { prompt: 'Hello?', model: 'stand-in:latest' };
    const { conversation, generation } = await app.client.generate(asked);
    await app.client.finished(generation.id);
    page = await app.open(`/chat/${encodeURIComponent(conversation.id)}`, phone);
    await choose('test_note');
    const name = page.getByRole('button', { name: 'Model: stand-in:latest' }).locator('span');
    /** How much of it is cut off, and how much wider the page is than the screen, in pixels. */
    const missing = async () => [
      await name.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ];
    await page.getByRole('meter', { name: 'Context used' }).waitFor();
    expect(await missing()).toEqual([0, 0]);
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Note it.');
    await page.getByRole('button', { name: 'Send' }).tap();
    await page.getByRole('button', { name: 'Deny the call of test_note' }).waitFor();
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Queued.');
    await page.getByRole('button', { name: 'Queue message' }).waitFor();
    expect(await missing()).toEqual([0, 0]);
    await page.getByRole('button', { name: 'Deny the call of test_note' }).tap();
    await page.getByText('It says: The user denied the call.').waitFor();
  }, 90_000);
});
