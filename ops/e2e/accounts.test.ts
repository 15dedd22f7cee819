import type { Browser, BrowserContext, Page } from 'playwright-core';
import {
  clientId,
  clientSecret,
  startProvider,
  type TestProvider,
} from '../../api/http/rest/account/openidProvider.testing.ts';
import { describeInBrowser, openBrowser } from './harness/browser.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';
import { freePort } from './harness/redis.ts';

const password = 'correct horse battery';

describeInBrowser('accounts in Chromium', () => {
  let folder: string;
  let server: ServerProcess;
  let provider: TestProvider;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  let problems: string[] = [];

  beforeAll(async () => {
    folder = await makeFolder();
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    provider = await startProvider(`${publicUrl}/api/auth/oidc/callback`);
    const env = {
      PORT: String(port),
      PUBLIC_URL: publicUrl,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: clientSecret,
      OIDC_NAME: 'Example',
    };
    [server, browser] = await Promise.all([startServer({ dataDir: folder, env }), openBrowser()]);
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await provider?.close();
    await removeFolder(folder);
  }, 60_000);

  beforeEach(() => {
    problems = [];
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    expect(problems).toEqual([]);
  });

  /** Opens a separate browser context, as for another person. */
  const openPage = async (path = '/', viewport = { width: 1280, height: 800 }): Promise<Page> => {
    const context = await browser.newContext({ viewport });
    contexts.push(context);
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(server.url + path);
    return page;
  };

  const signIn = async (page: Page, username: string, given: string) => {
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(given);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };

  const chats = (page: Page) => page.getByRole('textbox', { name: 'Message' }).waitFor();

  const enterAdmin = async (path = '/admin') => {
    const page = await openPage(path);
    await signIn(page, 'admin', adminPassword);
    return page;
  };

  const choose = async (page: Page, trigger: RegExp, item: string) => {
    await page.getByRole('button', { name: trigger }).click();
    await page.getByRole(/Role/.test(trigger.source) ? 'menuitemradio' : 'menuitem', { name: item }).click();
  };

  it('are created by an invite, and changed, disabled and deleted by an administrator', async () => {
    const admin = await enterAdmin();
    await admin.getByRole('button', { name: 'Invite', exact: true }).click();
    await admin.getByLabel('For whom').fill('Ada of the tests');
    await admin.getByRole('button', { name: 'Create invite' }).click();
    const address = await admin.getByRole('textbox', { name: 'The address' }).inputValue();
    await admin.getByRole('button', { name: 'Close' }).click();
    await admin.getByRole('list', { name: 'Invites' }).getByText('Ada of the tests').waitFor();

    const ada = await openPage(new URL(address).pathname, { width: 390, height: 800 });
    await ada.getByLabel('Username').fill('ada');
    await ada.getByLabel('Password').fill('password1234');
    await ada.getByRole('button', { name: 'Begin' }).click();
    await ada.getByRole('alert').getByText('easy to guess').waitFor();
    await ada.getByLabel('Password').fill(password);
    await ada.getByRole('button', { name: 'Begin' }).click();
    await chats(ada);
    const late = await openPage(new URL(address).pathname);
    await late.getByRole('heading', { name: 'This link is no longer valid' }).waitFor();
    await ada.goto(`${server.url}/admin`);
    await ada.getByRole('heading', { name: 'For administrators' }).waitFor();

    await admin.reload();
    await admin.getByLabel('Search users').fill('AD');
    const reopened = ada.waitForEvent('websocket');
    await choose(admin, /^Role of ada/, 'Viewer');
    await admin.getByRole('button', { name: 'Role of ada: Viewer' }).waitFor();
    // The socket reconnects by itself: she isn't sent to the sign-in page.
    await reopened;
    expect(new URL(ada.url()).pathname).toBe('/admin');
    await ada.goto(server.url);
    await ada.getByText('Your account is read-only').waitFor();

    await choose(admin, /^Options for ada$/, 'Disable');
    await admin.getByRole('button', { name: 'Disable' }).click();
    await admin.getByText('Disabled', { exact: true }).waitFor();
    await ada.waitForURL(/\/login/);
    await signIn(ada, 'ada', password);
    await ada.getByRole('alert').getByText('disabled').waitFor();

    await choose(admin, /^Options for ada$/, 'Delete');
    await admin.getByRole('button', { name: 'Delete' }).click();
    await admin.getByRole('button', { name: 'Options for ada' }).waitFor({ state: 'detached' });
  }, 120_000);

  it('list their sessions, end one, and export their data', async () => {
    const [here, there] = [await enterAdmin('/settings'), await enterAdmin('/')];
    await chats(there);
    await here.reload();
    const list = here.getByRole('list', { name: 'Where you are signed in' });
    await list.getByText('This session').waitFor();
    await here.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await there.waitForURL(/\/login/);
    await list.getByRole('button').first().waitFor({ state: 'detached' });
    const [download] = await Promise.all([
      here.waitForEvent('download'),
      here.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^ziggie-admin-.*\.json$/);
  }, 90_000);

  it('sign in by single sign-on, and delete themselves', async () => {
    provider.users.set('sub-grace', { preferred_username: 'grace' });
    const page = await openPage('/settings');
    await page.getByRole('link', { name: 'Sign in with Example' }).click();
    await page.locator('[name=login]').fill('sub-grace');
    await page.locator('[name=password]').fill('any');
    await page.locator('[type=submit]').click();
    await page.waitForURL(/\/settings$/);
    await page.getByText(`You sign in with ${provider.issuer}.`).waitFor();
    await page.getByRole('button', { name: 'Delete account…' }).click();
    await page.getByRole('button', { name: 'Delete account', exact: true }).click();
    await page.waitForURL(/\/login/);
  }, 90_000);

  it('see a message if the provider is unavailable, and can sign in with a password', async () => {
    const page = await openPage('/login');
    const button = page.getByRole('link', { name: 'Sign in with Example' });
    await button.waitFor();
    await page.goto(`${server.url}/login?problem=provider-unavailable`);
    await page.getByRole('alert').getByText('does not answer').waitFor();
    await signIn(page, 'admin', adminPassword);
    await chats(page);
  }, 60_000);
});
