import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type OllamaStandin, startOllamaStandin } from '../../../api/engine/standin/standin.ollama.ts';
import type { StandinScript } from '../../../api/engine/standin/standinChat.ollama.ts';
import { openBrowser } from '../harness/browser.ts';
import { type Client, signIn } from '../harness/client.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from '../harness/process.ts';

/** The timeout of page actions, in milliseconds. */
const timeoutMs = 20_000;

/** `other:1b` is the default: models are listed by name. */
export const models = ['stand-in:latest', 'other:1b'];

/** A server with a scripted engine, and a browser that is signed in as the administrator. */
export interface ChatApp {
  readonly server: ServerProcess;
  readonly engine: OllamaStandin;
  readonly client: Client;
  readonly browser: Browser;
  /** Sets the behaviour of the next answers. The engine keeps its two models. */
  play(script: StandinScript): void;
  /** Opens a page of the app in a new context. */
  open(path?: string, options?: BrowserContextOptions): Promise<Page>;
  /** Makes a conversation whose answer is `text`. Resolves to its path. */
  say(text: string, prompt?: string): Promise<string>;
  close(): Promise<void>;
}

export const startChatApp = async (env: Readonly<Record<string, string>> = {}): Promise<ChatApp> => {
  const [folder, engine, browser] = await Promise.all([
    makeFolder(),
    startOllamaStandin({ models }),
    openBrowser(),
  ]);
  const server = await startServer({ dataDir: folder, env: { OLLAMA_URL: engine.url, ...env } });
  const client = await signIn(server.url, 'admin', adminPassword);
  const first = await browser.newContext();
  await first.request.post(`${server.url}/graphql`, {
    data: {
      query: 'mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id } } }',
      variables: { input: { username: 'admin', password: adminPassword } },
    },
    headers: { origin: server.url },
  });
  const storageState = await first.storageState();
  await first.close();
  const play = (script: StandinScript) => engine.play({ models, ...script });
  return {
    server,
    play,
    engine,
    client,
    browser,
    async open(path = '/', options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        storageState,
        ...options,
      });
      context.setDefaultTimeout(timeoutMs);
      const page = await context.newPage();
      await page.goto(server.url + path);
      return page;
    },
    async say(text, prompt = 'Say it.') {
      play({ tokens: [text] });
      const { conversation, generation } = await client.generate({ prompt });
      await client.finished(generation.id);
      return `/chat/${encodeURIComponent(conversation.id)}`;
    },
    async close() {
      await client.close();
      await browser.close();
      await server.stop();
      await engine.close();
      await removeFolder(folder);
    },
  };
};

/** A phone's screen, with touch instead of a pointer. */
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

/** Resolves to what has the focus: the role or tag, and the accessible label if there is one. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    const label = element?.getAttribute('aria-label') ?? element?.getAttribute('name') ?? '';
    return `${element?.tagName.toLowerCase()} ${label}`.trim();
  });
