import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { startTestIssuer, type TestIssuer } from '../../accounts/singleSignOn/issuer.testing.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';
import {
  ask,
  bearer,
  letIn,
  openSocket,
  openStream,
  refused,
  tryToken,
} from '../testing/surfaces.testing.ts';
import { inSeconds, startTrusting, viewerOf } from './tokens.testing.ts';

let issuer: TestIssuer;
let app: TestApp;
describe('attacks on the tokens of an issuer that publishes its keys', () => {
  beforeAll(async () => {
    issuer = await startTestIssuer();
    app = await startTrusting(issuer, { JWKS_URL: issuer.jwksUrl });
  });
  afterAll(async () => {
    await app.stop();
    await issuer.close();
  });

  it.each(['RS256', 'ES256', 'EdDSA'])(
    'a true one by %s is let in everywhere, as one and the same user',
    async (alg) => {
      expect(await tryToken(app.url, await issuer.sign({}, { alg }))).toEqual(letIn);
      expect(await viewerOf(app.url, await issuer.sign({}, { alg }))).toEqual({
        id: (await viewerOf(app.url, await issuer.sign())).id,
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
    const mallory = await viewerOf(app.url, await issuer.sign(claims));
    expect(mallory).toMatchObject({ username: expect.stringMatching(/^admin-\w{6}$/), role: 'MEMBER' });
    expect(mallory.id).not.toBe((await viewerOf(app.url, app.token)).id);
  });

  it('one that is good counts no more once its user is disabled, and closes what it opened', async () => {
    const token = await issuer.sign({ sub: 'dot', preferred_username: 'dot' });
    const { id } = await viewerOf(app.url, token);
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
