import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { type ChatApp, startChatApp } from './chatApp.ts';

describeInChromium('a shared conversation, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  it('is read without signing in, up to the shared message, until the link is revoked', async () => {
    const path = await app.say('It is **42**.', 'What is the answer?');
    page = await app.open(path);
    await page
      .getByRole('main')
      .getByRole('button', { name: 'Options for What is the answer?' })
      .press('Enter');
    await page.getByRole('menuitem', { name: 'Share' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Share this conversation' });
    await dialog.getByLabel('The link is valid for').selectOption('7 days');
    await dialog.getByRole('button', { name: 'Create link' }).press('Enter');
    const link = await dialog.getByRole('textbox', { name: 'The link' }).inputValue();
    expect(link).toMatch(new RegExp(`^${app.server.url}/share/[\\w-]{43}$`));
    await dialog.getByRole('button', { name: 'Done' }).press('Enter');
    app.play({ tokens: ['A secret.'] });
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('And later?');
    await page.keyboard.press('Enter');
    await page.getByText('A secret.').waitFor();

    const reader = await app.open(new URL(link).pathname, { storageState: { cookies: [], origins: [] } });
    await reader.getByRole('heading', { name: 'What is the answer?' }).waitFor();
    await reader.getByRole('article', { name: 'Answer' }).locator('strong').waitFor();
    const text = (await reader.locator('body').textContent()) ?? '';
    expect(text).not.toMatch(/admin|And later|A secret/);
    const response = await reader.request.get(link);
    expect(response.headers()['x-robots-tag']).toContain('noindex');
    expect(response.headers()['content-security-policy']).toContain("script-src 'self'");
    // The answer of the API names no account either.
    const answer = await reader.request.post(`${app.server.url}/graphql`, {
      data: { query: '{ viewer { username } conversations(first: 1) { edges { node { id } } } }' },
      headers: { origin: app.server.url },
    });
    expect(await answer.text()).toContain('UNAUTHENTICATED');

    await page.goto(`${app.server.url}/settings`);
    const links = page.getByRole('list', { name: 'Shared links' });
    await links
      .getByText('expires in 7 days')
      .or(links.getByText(/expires/))
      .first()
      .waitFor();
    await links.getByRole('button', { name: 'Revoke the link to What is the answer?' }).press('Enter');
    await page.getByText('You share no conversation.').waitFor();
    await reader.reload();
    await reader.getByRole('heading', { name: 'This link is no longer valid' }).waitFor();
    await reader.context().close();
    const { auditLog } = await app.client.data<{ auditLog: { edges: { node: { action: string } }[] } }>(
      '{ auditLog(first: 20, filter: { actions: [SHARE_CONVERSATION, REVOKE_SHARE] }) { edges { node { action } } } }',
    );
    expect(auditLog.edges.map(({ node }) => node.action).toSorted()).toEqual([
      'REVOKE_SHARE',
      'SHARE_CONVERSATION',
    ]);
  }, 60_000);
});
