import { startTestIssuer } from '../../accounts/singleSignOn/issuer.testing.ts';
import type { TestApp } from '../testing/app.testing.ts';
import { bearer, openSocket, postQuery } from '../testing/surfaces.testing.ts';
import { inSeconds, startTrusting } from './tokens.testing.ts';

describe('logs and error responses', () => {
  it('contain no password, token, key or prompt', async () => {
    const issuer = await startTestIssuer();
    const app = await startTrusting(issuer, { JWKS_URL: issuer.jwksUrl });
    const prompt = 'the merger is on Tuesday';
    const wrongPassword = 'hunter2 and more';
    const token = await issuer.sign();
    const bad = await issuer.sign({ exp: inSeconds(-100) });
    const { key } = await createKey(app);
    const responses: string[] = [];
    for (const credential of [token, bad, key, `${key}x`, 'zk_nonsense', app.token, `${app.token}x`]) {
      const headers = { ...bearer(credential), 'Content-Type': 'application/json' };
      for (const [path, body] of [
        [
          '/graphql',
          {
            query: `mutation { generate(input: { prompt: ${JSON.stringify(prompt)}, model: "none" }) { generation { id } } }`,
          },
        ],
        ['/graphql', { query: `{ "${prompt}` }],
        [
          '/graphql',
          { query: 'query ($p: Int) { models(first: $p) { edges { cursor } } }', variables: { p: prompt } },
        ],
        ['/api/llm/generate', { model: 'stand-in:latest', prompt, stream: false }],
        ['/v1/chat/completions', { model: 'none', messages: [{ role: 'user', content: prompt }] }],
        ['/v1/chat/completions', { model: 7, messages: [{ role: 'user', content: prompt }] }],
      ] as const) {
        const init = { method: 'POST', headers, body: JSON.stringify(body) };
        const text = await (await fetch(app.url + path, init)).text();
        responses.push(text);
      }
      await fetch(`${app.url}/graphql?token=${credential}&query={viewer{id}}`, { headers });
      const socket = await openSocket(app.url, { token: credential });
      socket.close();
      await socket.closed;
    }
    app.standin.play({ fault: { kind: 'status', status: 500, body: prompt } });
    await app.post('/api/llm/generate', { model: 'stand-in:latest', prompt, stream: false });
    const signIn = `mutation { signIn(input: { username: "admin", password: "${wrongPassword}" }) { expiresIn } }`;
    responses.push(await (await postQuery(app.url, signIn)).text());
    await app.stop();
    await issuer.close();

    const logged = JSON.stringify(app.logged);
    expect(app.logged.length).toBeGreaterThan(20);
    for (const credential of [token, bad, app.token]) {
      for (const part of [credential, credential.split('.')[2] ?? '']) expect(logged).not.toContain(part);
    }
    for (const secret of [key, key.slice(3), prompt, wrongPassword, 'a password for tests', 'eyJ']) {
      expect(logged).not.toContain(secret);
    }
    const tokens = [token, bad, key, app.token, wrongPassword];
    for (const text of responses) expect(tokens.filter((secret) => text.includes(secret))).toEqual([]);
  });

  const createKey = async (app: TestApp) => {
    const query = 'mutation { createApiKey(input: { name: "k", scopes: [CHAT] }) { secret } }';
    const answer = await (await postQuery(app.url, query, bearer(app.token))).json();
    return {
      key: String((answer as { data: { createApiKey: { secret: string } } }).data.createApiKey.secret),
    };
  };
});
