import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { startDockerStandin } from '../../../api/docker/standin/standin.ts';
import { signIn } from '../harness/client.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { toolsFile, type WaitingAnswer, waitingAnswer } from '../harness/waitingToolCall.ts';
import { type ChatApp, models, startChatApp } from '../web/chatApp.ts';
import type { Word } from './words.ts';

/** Something that a person can see: a page, or a menu or dialog on it. */
export interface View {
  /** For the titles of tests. */
  readonly name: string;
  /** The path, or the one of the content that it shows. */
  readonly path: string | keyof Content;
  /** Opens the menu or the dialog. */
  readonly arrange?: (page: Page, word: Word, app: ChatApp) => Promise<void>;
  /** Whether a menu is open. */
  readonly opensMenu?: boolean;
  /** Whether it is a page of its own, outside of the app: GraphiQL and the documentation of the API. */
  readonly isForeign?: boolean;
  /** Whether it is for people without a session. */
  readonly isSignedOut?: boolean;
}

/** The paths of the content. */
interface Content {
  readonly chat: string;
  readonly print: string;
  readonly share: string;
  readonly invite: string;
  readonly reset: string;
  readonly healing: string;
}

/** An installation with content for every view. */
export interface Tour {
  readonly app: ChatApp;
  /**
   * Opens a view, and resolves when it is shown. Views with the same options follow each other in one page, which loads the
   * app from the browser's cache; each begins with an empty storage and the wide viewport.
   */
  open(view: View, word: Word, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** All that answers are made of. Its words are code and names, so that a test can tell them from the app's own. */
const rich = `# Alpha

Beta **gamma** and \`delta\`, [epsilon](https://example.com/), $a^2 + b^2$.[^1]

- [ ] zeta
- [x] eta

| theta | iota |
| --- | --- |
| 1 | 2 |

> kappa

\`\`\`ts
export const lambda = (mu: number) => mu + 1;
\`\`\`

[^1]: nu
`;

const createContent = async (app: ChatApp): Promise<Content> => {
  const { client, server } = app;
  const make = async <Data>(name: string, type: string, input: object, fields: string): Promise<Data> => {
    const data = await client.data<Readonly<Record<string, Data>>>(
      `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
      { input },
    );
    return data[name] as Data;
  };
  const { folder } = await make<{ folder: { id: string } }>(
    'createFolder',
    'CreateFolderInput',
    { name: 'Omikron', systemPrompt: 'Xi.' },
    'folder { id }',
  );
  const chat = await app.say(rich, 'Alpha?');
  const id = decodeURIComponent(chat.split('/').at(-1) ?? '');
  await make(
    'updateConversation',
    'UpdateConversationInput',
    { id, title: 'Alpha', tags: ['Sigma'], pinned: true },
    'conversation { id }',
  );
  await make(
    'createConversation',
    'CreateConversationInput',
    { title: 'Rho', folderId: folder.id },
    'conversation { id }',
  );
  app.play({ tokens: ['Pi. '.repeat(300)] });
  const long = await client.generate({ prompt: 'Pi? '.repeat(700) });
  await client.finished(long.generation.id);

  const share = await make<{ path: string }>(
    'shareConversation',
    'ShareConversationInput',
    { conversationId: id, days: 30 },
    'path',
  );
  const invite = await make<{ path: string }>(
    'inviteUser',
    'InviteUserInput',
    { role: 'MEMBER', note: 'Tau' },
    'path',
  );
  const { user } = await make<{ user: { id: string } }>(
    'createUser',
    'CreateUserInput',
    { username: 'ypsilon', password: 'correct horse battery', role: 'MEMBER' },
    'user { id }',
  );
  await (await signIn(server.url, 'ypsilon', 'correct horse battery')).close();
  await fetch(`${server.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'ypsilon', password: 'wrong' }),
  });
  await make('createApiKey', 'CreateApiKeyInput', { name: 'phi', scopes: ['CHAT', 'READ'] }, 'apiKey { id }');
  const { path: reset } = await make<{ path: string }>(
    'resetUserPassword',
    'ResetUserPasswordInput',
    { id: user.id, password: 'a-password-for-tests' },
    'path',
  );
  app.play({ tokens: ['{"diagnosis":"Chi.","action":"psi","explanation":"Omega.","confidence":30}'] });
  const { healingAgent } = await make<{ healingAgent: { id: string } }>(
    'registerHealingAgent',
    'RegisterHealingAgentInput',
    { agentId: 'psi-1', actions: [{ name: 'psi', description: 'Psi.' }] },
    'healingAgent { id }',
  );
  const { healing } = await make<{ healing: { id: string } }>(
    'reportAgentFailure',
    'ReportAgentFailureInput',
    { agentId: healingAgent.id, eventId: 'psi-0001', log: 'FATAL' },
    'healing { id }',
  );
  await make(
    'requestDockerCommand',
    'RequestDockerCommandInput',
    { name: 'RESTART', container: 'web', reason: 'Iota.' },
    'request { id }',
  );
  return {
    chat,
    print: `/print/${encodeURIComponent(id)}`,
    share: share.path,
    invite: invite.path,
    reset,
    healing: `/healing/${encodeURIComponent(healing.id)}`,
  };
};

/** Opens a menu by the keyboard. */
const openMenu = async (page: Page, button: Locator): Promise<void> => {
  await button.first().press('Enter');
  await page.getByRole('menu').waitFor();
};

const mainMenu = (page: Page) => openMenu(page, page.getByRole('main').locator('[aria-haspopup="menu"]'));

/** Chooses a menu item whose dialog opens. */
const chooseItem = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('menuitem', { name, exact: true }).press('Enter');
  await page.getByRole('dialog').or(page.getByRole('alertdialog')).first().waitFor();
};

const item =
  (english: string): NonNullable<View['arrange']> =>
  async (page, word) => {
    await mainMenu(page);
    await chooseItem(page, word(english));
  };

const userMenu: NonNullable<View['arrange']> = (page, word) =>
  openMenu(page, page.getByRole('button', { name: word('Options for {username}', { username: 'ypsilon' }) }));

const userItem =
  (english: string): NonNullable<View['arrange']> =>
  async (page, word, app) => {
    await userMenu(page, word, app);
    await chooseItem(page, word(english));
  };

const button =
  (english: string, context?: string): NonNullable<View['arrange']> =>
  async (page, word) => {
    await page
      .getByRole('button', { name: word(english, {}, context), exact: true })
      .first()
      .press('Enter');
    await page.getByRole('dialog').or(page.getByRole('alertdialog')).first().waitFor();
  };

const runExample: NonNullable<View['arrange']> = async (page, word) => {
  // By the keyboard: a pointer would stay over the views that follow.
  await page.getByRole('button', { name: word('Fill in an example'), exact: true }).press('Enter');
  await page.getByRole('button', { name: word('Run'), exact: true }).press('Enter');
  await page.getByRole('region', { name: word('Result'), exact: true }).waitFor();
};

const waiting = new WeakMap<ChatApp, Promise<WaitingAnswer>>();

/** Resolves to an answer with calls that wait. It starts with its first view, because calls don't wait longer than minutes. */
const waitingIn = (app: ChatApp): Promise<WaitingAnswer> => {
  const known = waiting.get(app);
  if (known) return known;
  const call = { name: 'create_folder', arguments: { name: 'Alpha' } };
  const script = {
    models,
    capabilities: ['completion', 'tools'],
    tokens: ['Beta.'],
    toolCalls: [call, call],
  };
  const begun = waitingAnswer(app.engine, app.client, 'Pi?', script);
  waiting.set(app, begun);
  return begun;
};

const calls: NonNullable<View['arrange']> = async (page, word, app) => {
  const { conversationId } = await waitingIn(app);
  await page.goto(`${app.server.url}/chat/${encodeURIComponent(conversationId)}`);
  await page
    .getByRole('button', { name: word('Allow the call of {name}', { name: 'create_folder' }) })
    .waitFor();
  await page.getByRole('button', { name: word('Not begun') }).press('Enter');
  await page
    .getByRole('group', { name: word('Arguments') })
    .nth(1)
    .waitFor();
  await openMenu(page, page.getByRole('button', { name: word('Choose tools'), exact: true }));
  await page.getByRole('menuitemcheckbox').first().press('Enter');
  await page.getByRole('menuitem', { name: word('Use no tools') }).waitFor();
};

export const views: readonly View[] = [
  { name: 'sign-in', path: '/login', isSignedOut: true },
  { name: 'invite', path: 'invite', isSignedOut: true },
  { name: 'invite-unknown', path: '/invite/unknown', isSignedOut: true },
  { name: 'reset', path: 'reset', isSignedOut: true },
  { name: 'share', path: 'share', isSignedOut: true },
  { name: 'print', path: 'print' },
  { name: 'home', path: '/' },
  {
    name: 'home-compare',
    opensMenu: true,
    path: '/',
    arrange: async (page, word) => openMenu(page, page.getByRole('button', { name: word('Compare models') })),
  },
  {
    name: 'home-commands',
    opensMenu: true,
    path: '/',
    arrange: async (page, word) => {
      await page.getByRole('textbox', { name: word('Message'), exact: true }).fill('/');
      await page.getByRole('list', { name: word('Presets for this command') }).waitFor();
    },
  },
  {
    name: 'account-menu',
    opensMenu: true,
    path: '/',
    arrange: async (page) => openMenu(page, page.getByRole('button', { name: /admin/ })),
  },
  {
    name: 'palette',
    path: '/',
    arrange: async (page) => {
      await page.keyboard.press('Control+K');
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'hotkeys',
    path: '/',
    arrange: async (page) => {
      await page.getByRole('main').waitFor();
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'chat', path: 'chat' },
  { name: 'chat-menu', opensMenu: true, path: 'chat', arrange: mainMenu },
  { name: 'chat-rename', path: 'chat', arrange: item('Rename') },
  { name: 'chat-move', path: 'chat', arrange: item('Move to folder') },
  { name: 'chat-tags', path: 'chat', arrange: item('Tags') },
  { name: 'chat-share', path: 'chat', arrange: item('Share') },
  { name: 'chat-export', path: 'chat', arrange: item('Export') },
  { name: 'chat-settings', path: 'chat', arrange: button('Chat settings') },
  {
    name: 'chat-edit',
    path: 'chat',
    arrange: async (page, word) => {
      await page.getByRole('button', { name: word('Edit message'), exact: true }).press('Enter');
      await page
        .getByRole('textbox', { name: word('Message'), exact: true })
        .first()
        .waitFor();
    },
  },
  { name: 'chat-tools', opensMenu: true, path: '/', arrange: calls },
  { name: 'chat-absent', path: '/chat/nothing' },
  { name: 'models', path: '/models' },
  { name: 'models-pull', path: '/models', arrange: button('Pull a model') },
  { name: 'collections', path: '/collections' },
  { name: 'collections-new', path: '/collections', arrange: button('New collection') },
  { name: 'presets', path: '/presets' },
  { name: 'preset', path: '/presets/code-review' },
  {
    name: 'preset-error',
    path: '/presets/error-explanation',
    arrange: async (page, word, app) => {
      app.play({
        tokens: [
          '{"cause":"Alpha.","location":"a.py","steps":["Beta."],"commands":["ls"],"confidence":"HIGH"}',
        ],
      });
      await runExample(page, word, app);
    },
  },
  {
    name: 'preset-docker',
    path: '/presets/docker',
    arrange: async (page, word, app) => {
      const commands = ['logs', 'restart'].map((command) => ({
        command,
        container: 'web',
        lines: 100,
        explanation: 'Alpha.',
      }));
      app.play({ tokens: [JSON.stringify({ summary: 'Beta.', commands })] });
      await runExample(page, word, app);
    },
  },
  { name: 'healing', path: '/healing' },
  { name: 'healing-register', path: '/healing', arrange: button('Register an agent…') },
  { name: 'healing-case', path: 'healing' },
  { name: 'usage', path: '/usage' },
  { name: 'llm-test', path: '/llm-test' },
  { name: 'settings', path: '/settings' },
  { name: 'settings-key', path: '/settings', arrange: button('New key') },
  { name: 'settings-delete', path: '/settings', arrange: button('Delete account…') },
  { name: 'import', path: '/import' },
  { name: 'admin-users', path: '/admin/users' },
  { name: 'admin-user-menu', opensMenu: true, path: '/admin/users', arrange: userMenu },
  { name: 'admin-user-quota', path: '/admin/users', arrange: userItem('Quota…') },
  { name: 'admin-user-reset', path: '/admin/users', arrange: userItem('Reset password…') },
  { name: 'admin-user-delete', path: '/admin/users', arrange: userItem('Delete') },
  { name: 'admin-user-hold', path: '/admin/users', arrange: userItem('Legal hold…') },
  { name: 'admin-invite', path: '/admin/users', arrange: button('Invite', 'verb') },
  { name: 'admin-usage', path: '/admin/usage' },
  { name: 'admin-keys', path: '/admin/keys' },
  { name: 'admin-resources', path: '/admin/resources' },
  { name: 'admin-limits', path: '/admin/limits' },
  { name: 'admin-activity', path: '/admin/activity' },
  { name: 'admin-docker', path: '/admin/docker' },
  { name: 'admin-holds', path: '/admin/holds' },
  { name: 'admin-audit', path: '/admin/audit' },
  { name: 'not-found', path: '/nothing' },
  { name: 'graphiql', path: '/graphql', isForeign: true },
  { name: 'api-documentation', path: '/docs', isForeign: true },
];

/** Resolves when a page shows its content: nothing of it is still loading. */
const isShown = async (page: Page, { isForeign = false }: View): Promise<void> => {
  if (isForeign) {
    // An idle network says too little: editors and lists are built after the last answer.
    await page.locator('.graphiql-container .view-lines, .swagger-ui .opblock').first().waitFor();
    await page.evaluate(() => document.fonts.ready.then(() => {}));
    return;
  }
  // Every page has one, hidden or not. What is shown while a page loads has none.
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page.waitForFunction(() => !document.querySelector('.app-skeleton, [aria-busy="true"]'));
  await page.evaluate(() => document.fonts.ready.then(() => {}));
};

/** The viewport in which a view is opened. */
const wide = { width: 1280, height: 800 };

export const startTour = async (): Promise<Tour> => {
  const docker = await startDockerStandin();
  const folder = await makeFolder();
  const tools = join(folder, 'tools.json');
  await writeFile(tools, toolsFile);
  const app = await startChatApp({
    DOCKER_HOST: docker.host,
    TOOLS_FILE: tools,
    WRITE_LIMIT: 'off',
    RATE_LIMIT: 'off',
  });
  const content = await createContent(app);
  const pages = new Map<string, Page>();

  const goTo = async (path: string, options: BrowserContextOptions): Promise<Page> => {
    const key = JSON.stringify(options);
    const opened = pages.get(key);
    if (opened) {
      await opened.setViewportSize(wide);
      await opened.goto(app.server.url + path);
      return opened;
    }
    const page = await app.open(path, { viewport: wide, reducedMotion: 'reduce', ...options });
    // Before the scripts of a document. The frames in it have no storage, or this one.
    await page.addInitScript(() => {
      if (window !== window.top) return;
      localStorage.clear();
      sessionStorage.clear();
    });
    pages.set(key, page);
    return page;
  };

  return {
    app,
    async open(view, word, options = {}) {
      const signedOut = view.isSignedOut ? { storageState: { cookies: [], origins: [] } } : {};
      const path = view.path.startsWith('/') ? view.path : content[view.path as keyof Content];
      const all = { ...options, ...signedOut };
      const page = await goTo(path, all);
      try {
        await isShown(page, view);
        await view.arrange?.(page, word, app);
        return page;
      } catch (error) {
        pages.delete(JSON.stringify(all));
        await page.context().close();
        throw new Error(`The view ${view.name} can't be opened.`, { cause: error });
      }
    },
    async close() {
      await app.close();
      await docker.close();
      await removeFolder(folder);
    },
  };
};
