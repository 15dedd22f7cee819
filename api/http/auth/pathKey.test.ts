import { startTestApp, type TestApp } from '../testing/app.testing.ts';

describe('an API key in the path', () => {
  let test: TestApp;
  let key: string;

  beforeAll(async () => {
    test = await startTestApp();
    const create = 'mutation { createApiKey(input: { name: "cli", scopes: [CHAT] }) { secret } }';
    const { data } = await test.graphql<{ createApiKey: { secret: string } }>(create);
    key = data?.createApiKey.secret ?? '';
  });
  afterAll(() => test.stop());

  const get = (path: string, init: RequestInit = {}) => fetch(test.url + path, init);

  it('authenticates programs that know only a URL, and is not logged', async () => {
    for (const path of ['/api/tags', '/v1/models', '/v1/models?limit=1']) {
      expect((await get(`/${key}${path}`)).status).toBe(200);
    }
    const chat = { model: 'stand-in', messages: [{ role: 'user', content: 'Hi' }], stream: false };
    const body = JSON.stringify(chat);
    expect((await get(`/${key}/api/chat`, { method: 'POST', body })).status).toBe(200);
    expect((await get(`/${key}/`, { method: 'HEAD' })).status).not.toBe(404);
    expect(JSON.stringify(test.logged)).not.toContain(key);
  });

  it('that is invalid is rejected, and a token counts more', async () => {
    expect((await get(`/zk_${'x'.repeat(43)}/api/tags`)).status).toBe(401);
    const headers = { Authorization: 'Bearer nonsense' };
    expect((await get(`/${key}/api/tags`, { headers })).status).toBe(401);
  });

  it('opens no other path', async () => {
    for (const path of ['/graphql', '/metrics', '/health/ready', '/admin']) {
      // The web app answers, which is not built in tests.
      expect([404, 503]).toContain((await get(`/${key}${path}`)).status);
    }
    expect(JSON.stringify(test.logged)).not.toContain(key);
  });
});
