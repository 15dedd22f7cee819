import { startTestApp, type TestApp } from '../testing/app.testing.ts';
import { openStream } from '../testing/surfaces.testing.ts';

describe('a response with private data', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(app.url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${app.token}`, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const messages = [{ role: 'user', content: 'Hello.' }];

  it.each<[string, () => Promise<Response>]>([
    ['GraphQL', () => post('/graphql', { query: '{ viewer { id } }' })],
    ['GraphQL by GET', () => app.get('/graphql?query=%7Bviewer%7Bid%7D%7D')],
    ['a GraphQL error', () => post('/graphql', { query: '{ nope }' })],
    ['a GraphQL request that is not JSON', () => post('/graphql', {}, { 'Content-Type': 'text/plain' })],
    ['a subscription', () => openStream(app.url, { Authorization: `Bearer ${app.token}` })],
    ['models', () => app.get('/v1/models')],
    ['an answer', () => post('/api/llm/chat', { model: 'stand-in', messages, stream: false })],
    ['a stream', () => post('/v1/chat/completions', { model: 'stand-in', messages, stream: true })],
    ['the export', () => app.get('/api/account/export')],
    ['the audit log', () => app.get('/api/audit.csv')],
    ['the metrics', () => app.get('/metrics')],
    ['signing in', () => post('/api/auth/login', { username: 'admin', password: 'a password for tests' })],
    ['signing out', () => fetch(`${app.url}/api/auth/logout`, { method: 'POST' })],
    ['a failure', () => fetch(`${app.url}/v1/models`)],
  ])('has Cache-Control: no-store: %s', async (_what, send) => {
    const response = await send();
    expect(response.headers.get('cache-control')).toBe('no-store');
    await response.body?.cancel();
  });
});
