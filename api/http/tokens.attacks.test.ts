import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { startTestIssuer, type TestIssuer } from '../accounts/issuer.testing.ts';
import { startTestApp, type TestApp } from './app.testing.ts';
import { ask, bearer, letIn, openSocket, openStream, refused, tryToken } from './waysIn.testing.ts';

const secret = 'a secret that the Control Center shares with us';

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

let issuer: TestIssuer;
let app: TestApp;

const start = (env: Readonly<Record<string, string>>) =>
  startTestApp({
    env: { JWT_ISSUER: issuer.issuer, JWT_AUDIENCE: issuer.audience, JWT_LEEWAY_S: '0', ...env },
  });

const viewerOf = async (token: string) => {
  const response = await ask(app.url, '{ viewer { id username role identityProvider } }', bearer(token));
  return ((await response.json()) as { readonly data: { readonly viewer: Record<string, string> } }).data
    .viewer;
};

describe('attacks on the tokens of an issuer that publishes its keys', () => {
  beforeAll(async () => {
    issuer = await startTestIssuer();
    app = await start({ JWKS_URL: issuer.jwksUrl });
  });
  afterAll(async () => {
    await app.stop();
    await issuer.close();
  });

  it.each(['RS256', 'ES256', 'EdDSA'])(
    'a true one by %s is let in everywhere, as one and the same user',
    async (alg) => {
      expect(await tryToken(app.url, await issuer.sign({}, { alg }))).toEqual(letIn);
      expect(await viewerOf(await issuer.sign({}, { alg }))).toEqual({
        id: (await viewerOf(await issuer.sign())).id,
        username: 'ada',
        role: 'MEMBER',
        identityProvider: issuer.issuer,
      });
    },
  );

  const payload = (claims: JWTPayload = {}): JWTPayload => ({
    iss: issuer.issuer,
    aud: issuer.audience,
    sub: 'ada-1',
    exp: inSeconds(60),
    ...claims,
  });

  it('alg: none is refused', async () => {
    expect(await tryToken(app.url, new UnsecuredJWT(payload()).encode())).toEqual(refused);
    const [head, body] = (await issuer.sign()).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'nOnE', kid: 'RS256-1' })).toString('base64url');
    expect(await tryToken(app.url, `${none}.${body}.`)).toEqual(refused);
    expect(await tryToken(app.url, `${head}.${body}.`)).toEqual(refused);
  });

  it('HS256 signed with the public key, as if it were a shared secret, is refused', async () => {
    const pem = await issuer.publicPem();
    for (const key of [pem, pem.trim(), `${pem}\n`]) {
      const forged = await new SignJWT(payload())
        .setProtectedHeader({ alg: 'HS256', kid: 'RS256-1' })
        .sign(new TextEncoder().encode(key));
      expect(await tryToken(app.url, forged)).toEqual(refused);
    }
  });

  it.each([
    'unknown',
    '../../../../../../etc/passwd',
    'file:///dev/null',
    '/dev/null',
    "x' UNION SELECT 'secret' --",
    '__proto__',
    'a'.repeat(4000),
  ])('a kid that is not among the keys is refused, and is no path to anything: %.40s', async (kid) => {
    expect(await tryToken(app.url, await issuer.sign({}, { kid }))).toEqual(refused);
  });

  it('a key that the token brings along, in jwk, jku or x5u, is not believed', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const fetched = issuer.fetches;
    for (const header of [
      { jwk: await exportJWK(publicKey) },
      { jku: `${issuer.jwksUrl}/attacker` },
      { x5u: `${issuer.jwksUrl}/attacker`, kid: 'RS256-1' },
    ]) {
      const forged = await new SignJWT(payload())
        .setProtectedHeader({ alg: 'RS256', ...header })
        .sign(privateKey);
      expect(await tryToken(app.url, forged)).toEqual(refused);
    }
    expect(issuer.fetches).toBeLessThanOrEqual(fetched + 1);
  });

  it.each<[string, () => JWTPayload]>([
    ['has expired', () => ({ exp: inSeconds(-1) })],
    ['is not valid yet', () => ({ nbf: inSeconds(30) })],
    ['is of another issuer', () => ({ iss: 'https://elsewhere.example' })],
    ['is of an issuer whose name begins the same', () => ({ iss: `${issuer.issuer}.evil.example` })],
    ['says to be ours', () => ({ iss: 'ziggie-llm', aud: 'ziggie-llm', jti: 'any' })],
    ['is for somebody else', () => ({ aud: 'billing' })],
    ['is for nobody', () => ({ aud: undefined })],
    ['never ends', () => ({ exp: undefined })],
    ['ends at what is no time', () => ({ exp: 'never' as unknown as number })],
    ['names nobody', () => ({ sub: undefined })],
    ['names nobody by an empty name', () => ({ sub: '' })],
    ['names somebody by what is no text', () => ({ sub: { $ne: null } as unknown as string })],
    ['names somebody at great length', () => ({ sub: 'x'.repeat(256) })],
  ])('one that %s is refused', async (_how, claims) => {
    expect(await tryToken(app.url, await issuer.sign(claims()))).toEqual(refused);
  });

  it('one whose claims were changed is refused', async () => {
    const [head, body = '', signature] = (await issuer.sign()).split('.');
    const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'somebody-else' };
    const changed = Buffer.from(JSON.stringify(claims)).toString('base64url');
    expect(await tryToken(app.url, `${head}.${changed}.${signature}`)).toEqual(refused);
  });

  it('one for a user called admin gets an account of its own, and no role by claims that nobody asked for', async () => {
    const claims = { sub: 'mallory', preferred_username: 'admin', role: 'ADMIN', roles: ['admin'] };
    const mallory = await viewerOf(await issuer.sign(claims));
    expect(mallory).toMatchObject({ username: expect.stringMatching(/^admin-\w{6}$/), role: 'MEMBER' });
    expect(mallory.id).not.toBe((await viewerOf(app.token)).id);
  });

  it('one that is good counts no more once its user is disabled, and closes what it opened', async () => {
    const token = await issuer.sign({ sub: 'dot', preferred_username: 'dot' });
    const { id } = await viewerOf(token);
    const socket = await openSocket(app.url, { token });
    expect(socket.isAcknowledged).toBe(true);
    const query = `mutation { disableUser(input: { id: "${id}" }) { user { status } } }`;
    expect((await ask(app.url, query, bearer(app.token))).status).toBe(200);
    expect(await socket.closed).toBe(4403);
    expect(await tryToken(app.url, token)).toEqual(refused);
  });

  it('one that ends while its socket streams ends the socket, and its stream over SSE', async () => {
    const token = await issuer.sign({ exp: inSeconds(2) });
    const [socket, stream] = await Promise.all([
      openSocket(app.url, { token }),
      openStream(app.url, bearer(token)),
    ]);
    socket.subscribe('s', 'subscription { conversationChanged { kind } }');
    expect(stream.status).toBe(200);
    const streamed = stream.text().then(
      () => 'ended',
      () => 'broken off',
    );
    expect(await socket.closed).toBe(4403);
    expect(await streamed).toBe('broken off');
    expect(await tryToken(app.url, token)).toEqual(refused);
  });

  it('a fresh one lets a socket live on, with what runs on it', async () => {
    const token = await issuer.sign({ exp: inSeconds(3) });
    const [socket, other] = [await openSocket(app.url, { token }), await openSocket(app.url, { token })];
    socket.subscribe('s', 'subscription { conversationChanged { kind } }');
    const fresh = await issuer.sign({ exp: inSeconds(60) });
    socket.subscribe(
      'r',
      `mutation { renewConnection(input: { token: "${fresh}" }) { expiresAt viewer { username } } }`,
    );
    expect(await socket.answer('r')).toMatchObject({
      payload: { data: { renewConnection: { viewer: { username: 'ada' } } } },
    });
    // The old one has ended once the socket that was not renewed is closed.
    expect(await other.closed).toBe(4403);
    const query = 'mutation { createConversation(input: { title: "still here" }) { conversation { id } } }';
    await ask(app.url, query, bearer(fresh));
    expect(await socket.answer('s')).toMatchObject({
      type: 'next',
      payload: { data: { conversationChanged: { kind: 'CREATED' } } },
    });
    socket.close();
  });

  it('another user’s, or a bad one, does not renew a socket, which stays its user’s', async () => {
    const socket = await openSocket(app.url, { token: await issuer.sign() });
    const others = [
      [app.token, 'FORBIDDEN'],
      ['nonsense', 'UNAUTHENTICATED'],
    ] as const;
    for (const [token, code] of others) {
      socket.subscribe(code, `mutation { renewConnection(input: { token: "${token}" }) { expiresAt } }`);
      expect(await socket.answer(code)).toMatchObject({ payload: { errors: [{ extensions: { code } }] } });
    }
    socket.subscribe('v', '{ viewer { username } }');
    expect(await socket.answer('v')).toMatchObject({ payload: { data: { viewer: { username: 'ada' } } } });
    const overHttp = await ask(
      app.url,
      'mutation { renewConnection(input: { token: "any" }) { expiresAt } }',
      bearer(app.token),
    );
    expect(await overHttp.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    socket.close();
  });

  it('signing out is refused where there is no session, and is not mistaken for one', async () => {
    const token = await issuer.sign();
    const signOut = await ask(app.url, 'mutation { signOut(input: {}) { clientMutationId } }', bearer(token));
    expect(await signOut.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await tryToken(app.url, token)).toEqual(letIn);
  });

  it('while the keys can’t be fetched at all, sockets are told to come back, and nobody that a token is bad', async () => {
    const away = await startTestIssuer();
    await away.leave();
    const alone = await startTestApp({
      env: { JWKS_URL: away.jwksUrl, JWT_ISSUER: away.issuer, JWT_AUDIENCE: away.audience },
    });
    expect(await tryToken(alone.url, await away.sign())).toEqual({
      graphql: 503,
      sse: 503,
      rest: 503,
      openai: 503,
      socket: 1013,
    });
    expect(await tryToken(alone.url, alone.token)).toEqual(letIn);
    await alone.stop();
  });

  it('a cookie is of no use to a page elsewhere, over HTTP and on a socket', async () => {
    const signIn =
      'mutation { signIn(input: { username: "admin", password: "a password for tests" }) { expiresIn } }';
    const Cookie = (await ask(app.url, signIn)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const headers = { Cookie, Origin: 'https://stranger.example' };
    expect((await ask(app.url, '{ viewer { id } }', headers)).status).toBe(403);
    expect((await fetch(`${app.url}/api/llm/models`, { headers })).status).toBe(401);
    const socket = await openSocket(app.url, undefined, headers);
    expect([socket.isAcknowledged, await socket.closed]).toEqual([false, 4403]);
    const own = await openSocket(app.url, undefined, { Cookie, Origin: app.url });
    expect(own.isAcknowledged).toBe(true);
    own.close();
  });
});

describe('attacks on the tokens of an issuer that shares a secret', () => {
  beforeAll(async () => {
    issuer = await startTestIssuer();
    app = await start({ JWT_SECRET: secret, JWT_ROLES_CLAIM: 'realm_access.roles' });
  });
  afterAll(async () => {
    await app.stop();
    await issuer.close();
  });

  const sign = (claims: JWTPayload = {}, alg = 'HS256', key = secret) =>
    new SignJWT({ iss: issuer.issuer, aud: issuer.audience, sub: 'ada-1', exp: inSeconds(60), ...claims })
      .setProtectedHeader({ alg })
      .sign(new TextEncoder().encode(key));

  it('a true one is let in everywhere, beside the sessions that are ours', async () => {
    expect(await tryToken(app.url, await sign())).toEqual(letIn);
    expect(await tryToken(app.url, app.token)).toEqual(letIn);
  });

  it('one by another secret, or another algorithm with the right one, is refused', async () => {
    expect(
      await tryToken(app.url, await sign({}, 'HS256', 'another secret that is as long as ours is')),
    ).toEqual(refused);
    expect(await tryToken(app.url, await sign({}, 'HS512', secret.repeat(2)))).toEqual(refused);
    expect(await tryToken(app.url, await issuer.sign())).toEqual(refused);
  });

  it('the secret makes no token of a session, so that who shares it is nobody’s session', async () => {
    const { items } = await app.stores.accounts.pageOfSessions(
      (await app.stores.accounts.findUserByName('admin'))?.id ?? '',
      { direction: 'forward', size: 1, after: null, before: null },
      new Date(),
    );
    const [session] = items;
    const forged = { iss: 'ziggie-llm', aud: 'ziggie-llm', sub: session?.userId, jti: session?.id };
    expect(await tryToken(app.url, await sign(forged))).toEqual(refused);
  });

  it.each([
    [['admin'], 'ADMIN'],
    ['member', 'MEMBER'],
    [['offline_access'], 'VIEWER'],
    [undefined, 'VIEWER'],
  ])('roles are those that the claim names, and to read where it names none: %j', async (roles, role) => {
    const token = await sign({ sub: `role-${role}-${roles}`, realm_access: { roles } });
    expect(await viewerOf(token)).toMatchObject({ role });
  });
});

describe('what is logged and told', () => {
  it('never holds a password, a token, a key or a prompt', async () => {
    issuer = await startTestIssuer();
    app = await start({ JWKS_URL: issuer.jwksUrl });
    const prompt = 'the merger is on Tuesday';
    const wrongPassword = 'hunter2 and more';
    const token = await issuer.sign();
    const bad = await issuer.sign({ exp: inSeconds(-100) });
    const { key } = await createKey();
    const told: string[] = [];
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
        told.push(text);
      }
      await fetch(`${app.url}/graphql?token=${credential}&query={viewer{id}}`, { headers });
      const socket = await openSocket(app.url, { token: credential });
      socket.close();
      await socket.closed;
    }
    app.standin.play({ fault: { kind: 'status', status: 500, body: prompt } });
    await app.post('/api/llm/generate', { model: 'stand-in:latest', prompt, stream: false });
    const signIn = `mutation { signIn(input: { username: "admin", password: "${wrongPassword}" }) { expiresIn } }`;
    told.push(await (await ask(app.url, signIn)).text());
    await app.stop();
    await issuer.close();

    const logged = JSON.stringify(app.logged);
    expect(app.logged.length).toBeGreaterThan(20);
    for (const credential of [token, bad, app.token]) {
      for (const part of [credential, credential.split('.')[2] ?? '']) expect(logged).not.toContain(part);
    }
    for (const unsaid of [key, key.slice(3), prompt, wrongPassword, 'a password for tests', 'eyJ']) {
      expect(logged).not.toContain(unsaid);
    }
    const tokens = [token, bad, key, app.token, wrongPassword];
    for (const text of told) expect(tokens.filter((unsaid) => text.includes(unsaid))).toEqual([]);
  });

  const createKey = async () => {
    const query = 'mutation { createApiKey(input: { name: "k", scopes: [CHAT] }) { secret } }';
    const answer = await (await ask(app.url, query, bearer(app.token))).json();
    return {
      key: String((answer as { data: { createApiKey: { secret: string } } }).data.createApiKey.secret),
    };
  };
});
