import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type OpenAIClient from 'openai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { describeInChromium, openBrowser } from './harness/browser.ts';
import { type Client, signIn } from './harness/client.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { type OtherSite, startOtherSite } from './harness/otherSite.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';

/** The timeout of page actions, in milliseconds. */
const timeoutMs = 15_000;

const openaiFolder = dirname(createRequire(import.meta.url).resolve('openai'));
/** A page with OpenAI's client as `window.OpenAI`. */
const openaiPage = `<!doctype html>
<title>Elsewhere</title>
<link rel="icon" href="data:,">
<script type="module">
import OpenAI from '/index.mjs';
window.OpenAI = OpenAI;
</script>
`;

const follow = 'subscription Follow($id: ID!) { generation(id: $id) { cursor status generation { text } } }';

describeInChromium('developer pages in Chromium, with access to the server only', () => {
  let folder: string;
  let standin: OllamaStandin;
  let site: OtherSite;
  let server: ServerProcess;
  let browser: Browser;
  let client: Client;
  let context: BrowserContext;
  let page: Page;
  let foreign: string[];
  let problems: string[];

  beforeAll(async () => {
    [folder, standin, site] = await Promise.all([
      makeFolder(),
      startOllamaStandin(),
      startOtherSite(openaiFolder, openaiPage),
    ]);
    const env = {
      OLLAMA_URL: standin.url,
      MODEL_FALLBACK: 'stand-in',
      CORS_ORIGINS: site.origin,
    };
    [server, browser] = await Promise.all([startServer({ dataDir: folder, env }), openBrowser()]);
    client = await signIn(server.url, 'admin', adminPassword);
  }, 90_000);

  afterAll(async () => {
    await client?.close();
    await browser?.close();
    await server?.stop();
    await standin?.close();
    await site?.close();
    await removeFolder(folder);
  }, 60_000);

  beforeEach(async () => {
    standin.play({});
    foreign = [];
    problems = [];
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(timeoutMs);
    const ours = [server.url, site.origin];
    await context.route(
      (url) => /^(https?|wss?):$/.test(url.protocol) && !ours.includes(url.origin),
      (route) => {
        foreign.push(route.request().url());
        return route.abort();
      },
    );
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
  });

  afterEach(async () => {
    await context.close();
    expect([foreign, problems]).toEqual([[], []]);
  });

  const beSignedIn = () =>
    context.addCookies([
      { name: 'ziggie_session', value: client.token, url: server.url, httpOnly: true, sameSite: 'Strict' },
    ]);

  describe('GraphiQL', () => {
    const open = async (link: Readonly<Record<string, string>> = {}) => {
      await beSignedIn();
      await page.goto(`${server.url}/graphql?${new URLSearchParams(link)}`);
      await runButton().waitFor();
      // It runs no operation before it has read the schema.
      await page
        .getByRole('button', { name: 'Re-fetch GraphQL schema' })
        .and(page.locator(':enabled'))
        .waitFor();
    };
    const runButton = () => page.getByRole('button', { name: /^Execute query/ });
    const tabs = () => page.locator('.graphiql-tab-button').allTextContents();
    /** Resolves to the result without white space, once it contains `text`. */
    const result = async (text: string): Promise<string> => {
      await pane().getByText(text).first().waitFor();
      return ((await pane().textContent()) ?? '').replace(/\s+/g, '');
    };
    const pane = () => page.getByRole('region', { name: 'Result Window' });

    it('opens with examples in its first tab, and runs one as the authenticated user', async () => {
      await open();
      expect(await tabs()).toEqual(['Examples']);
      await runButton().click();
      await page.getByRole('menuitem', { name: 'Read' }).click();
      expect(await result('conversations')).toContain('"username":"admin"');
    }, 60_000);

    it('opens a link with variables, and runs the named operation', async () => {
      const query =
        'query One { health { version } } query Other($n: Int) { models(first: $n) { edges { node { name } } } }';
      const link = { query, variables: '{"n":3}', operationName: 'Other' };
      await open(link);
      expect(await tabs()).toEqual(['Examples', 'Other']);
      const asked = page.waitForRequest((request) => request.postData()?.includes('Other') ?? false);
      await page.keyboard.press('Control+Enter');
      expect((await asked).postDataJSON()).toMatchObject({ operationName: 'Other', variables: { n: 3 } });
      expect(await result('stand-in:latest')).not.toContain('version');
      await open(link);
      expect(await tabs()).toEqual(['Examples', 'Other']);
    }, 60_000);

    it('shows a subscription while it streams, to its end', async () => {
      standin.play({ tokens: Array.from({ length: 2000 }, (_, index) => `${index} `), tokensPerSecond: 20 });
      const { generation } = await client.generate({ prompt: 'Count.' });
      await open({ query: follow, variables: JSON.stringify({ id: generation.id }) });
      await runButton().click();
      const cursor = /"cursor":(\d+),"status":"RUNNING"/;
      const earlier = cursor.exec(await result('RUNNING'))?.[1] ?? '';
      await pane().getByText(earlier, { exact: true }).first().waitFor({ state: 'detached' });
      expect(Number(cursor.exec(await result('RUNNING'))?.[1])).toBeGreaterThan(Number(earlier));
      const cancel = 'mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { status } } }';
      await client.data(cancel, { id: generation.id });
      expect(await result('CANCELLED')).toContain('"text":"0123');
    }, 60_000);

    it('shows the descriptions of the schema', async () => {
      await open();
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      const docs = page.getByRole('region', { name: 'Documentation Explorer' });
      await docs.getByRole('link', { name: 'Query' }).click();
      await docs.getByRole('link', { name: 'health', exact: true }).click();
      await docs.getByText('The health of the service. No authentication required.').waitFor();
    }, 60_000);
  });

  it('has a REST page that sends requests as the authenticated user', async () => {
    await beSignedIn();
    await page.goto(`${server.url}/docs#/Completions/generate`);
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText('Hello there.').first().waitFor();
  }, 60_000);

  it("serves OpenAI's client on a page of an allowed origin", async () => {
    await page.goto(site.origin);
    await page.waitForFunction('window.OpenAI');
    const ask = async ([baseURL, apiKey]: readonly [string, string]) => {
      const { OpenAI } = window as unknown as { readonly OpenAI: typeof OpenAIClient };
      const openai = new OpenAI({ baseURL, apiKey, dangerouslyAllowBrowser: true, maxRetries: 0 });
      const messages = [{ role: 'user' as const, content: 'Hi' }];
      const stream = await openai.chat.completions.create({ model: 'llama3.2', messages, stream: true });
      let text = '';
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
      const missing = openai.chat.completions.create({ model: 'gpt-4o', messages });
      const error = await missing.catch(({ status, code }: { status: number; code: string }) => [
        status,
        code,
      ]);
      return [text, error];
    };
    expect(await page.evaluate(ask, [`${server.url}/v1`, client.token] as const)).toEqual([
      'Hello there.',
      [404, 'model_not_found'],
    ]);
  }, 60_000);

  describe('the page to test a model', () => {
    const open = async () => {
      await beSignedIn();
      await page.goto(`${server.url}/llm-test`);
      await page.getByRole('heading', { name: 'LLM Test Interface' }).waitFor();
    };
    const generate = async (model: string) => {
      await page.getByRole('combobox', { name: 'Model' }).selectOption(model);
      await page.getByRole('textbox', { name: 'Prompt' }).fill('Explain what Ziggie does in one sentence');
      await page.getByRole('button', { name: 'Generate' }).click();
    };

    it('requires authentication, and shows the sign-in form first', async () => {
      await page.goto(`${server.url}/llm-test`);
      await page.waitForURL(/\/login\?next=%2Fllm-test$/);
      await page.getByLabel('Username').fill('admin');
      await page.getByLabel('Password').fill(adminPassword);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'LLM Test Interface' }).waitFor();
    }, 60_000);

    it('shows the fallback model that answered for a model that is not installed', async () => {
      await open();
      standin.play({ tokens: ['It ', 'talks.'], tokensPerSecond: 10 });
      await generate('Mistral (Balanced), not installed');
      await page.getByRole('button', { name: 'Generating…' }).waitFor();
      const response = page.getByRole('region', { name: 'Response' });
      await response.getByText('It talks.').waitFor();
      await response.getByText('stand-in:latest, in place of mistral').waitFor();
    }, 60_000);

    it('shows errors before and during an answer', async () => {
      await open();
      standin.play({ fault: { kind: 'status', status: 500, body: '{"error":"out of memory"}' } });
      await generate('stand-in:latest');
      await page.getByRole('alert').getByText('out of memory').waitFor();
      standin.play({
        tokens: ['Half', ' an'],
        tokensPerSecond: 20,
        fault: { kind: 'error line', after: 2, message: 'the GPU is gone' },
      });
      await generate('stand-in:latest');
      await page.getByRole('alert').getByText('the GPU is gone').waitFor();
      await page.getByRole('region', { name: 'Response' }).getByText('Half').waitFor();
    }, 60_000);
  });
});
