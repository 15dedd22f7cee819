import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { startTestIssuer, type TestIssuer } from '../../accounts/singleSignOn/issuer.testing.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';
import {
  accepted,
  bearer,
  openSocket,
  openStream,
  postQuery,
  rejected,
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
    'a valid one by %s is accepted on every request surface, as the same user',
    async (alg) => {
      expect(await tryToken(app.url, await issuer.sign({}, { alg }))).toEqual(accepted);
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

  it('alg: none is rejected', async () => {
    expect(await tryToken(app.url, new UnsecuredJWT(payload()).encode())).toEqual(rejected);
    const [head, body] = (await issuer.sign()).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'nOnE', kid: 'RS256-1' })).toString('base64url');
    expect(await tryToken(app.url, `${none}.${body}.`)).toEqual(rejected);
    expect(await tryToken(app.url, `${head}.${body}.`)).toEqual(rejected);
  });

  it('HS256 signed with the public key as the secret is rejected', async () => {
    const pem = await issuer.publicPem();
    for (const key of [pem, pem.trim(), `${pem}\n`]) {
      const forged = await new SignJWT(payload())
        .setProtectedHeader({ alg: 'HS256', kid: 'RS256-1' })
        .sign(new TextEncoder().encode(key));
      expect(await tryToken(app.url, forged)).toEqual(rejected);
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
  ])('a kid that is not among the keys is rejected, and never used as a path: %.40s', async (kid) => {
    expect(await tryToken(app.url, await issuer.sign({}, { kid }))).toEqual(rejected);
  });

  it('a key in the token, by jwk, jku or x5u, is ignored', async () => {
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
      expect(await tryToken(app.url, forged)).toEqual(rejected);
    }
    expect(issuer.fetches).toBeLessThanOrEqual(fetched + 1);
  });

  it.each<[string, () => JWTPayload]>([
    ['has expired', () => ({ exp: inSeconds(-1) })],
    ['is not valid yet', () => ({ nbf: inSeconds(30) })],
    ['has another issuer', () => ({ iss: 'https://elsewhere.example' })],
    ['has an issuer that begins with the trusted one', () => ({ iss: `${issuer.issuer}.evil.example` })],
    [
      'claims to be a session token of this service',
      () => ({ iss: 'ziggie-llm', aud: 'ziggie-llm', jti: 'any' }),
    ],
    ['has another audience', () => ({ aud: 'billing' })],
    ['has no audience', () => ({ aud: undefined })],
    ['has no exp', () => ({ exp: undefined })],
    ['has an exp that is not a number', () => ({ exp: 'never' as unknown as number })],
    ['has no sub', () => ({ sub: undefined })],
    ['has an empty sub', () => ({ sub: '' })],
    ['has a sub that is not a string', () => ({ sub: { $ne: null } as unknown as string })],
    ['has a sub that is too long', () => ({ sub: 'x'.repeat(256) })],
  ])('one that %s is rejected', async (_how, claims) => {
    expect(await tryToken(app.url, await issuer.sign(claims()))).toEqual(rejected);
  });

  it('one with changed claims is rejected', async () => {
    const [head, body = '', signature] = (await issuer.sign()).split('.');
    const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'somebody-else' };
    const changed = Buffer.from(JSON.stringify(claims)).toString('base64url');
    expect(await tryToken(app.url, `${head}.${changed}.${signature}`)).toEqual(rejected);
  });

  it('one for a user named admin gets a separate account, and no role by unconfigured claims', async () => {
    const claims = { sub: 'mallory', preferred_username: 'admin', role: 'ADMIN', roles: ['admin'] };
    const mallory = await viewerOf(app.url, await issuer.sign(claims));
    expect(mallory).toMatchObject({ username: expect.stringMatching(/^admin-\w{6}$/), role: 'MEMBER' });
    expect(mallory.id).not.toBe((await viewerOf(app.url, app.token)).id);
  });

  it('a valid one is rejected once its user is disabled, and its socket is closed', async () => {
    const token = await issuer.sign({ sub: 'dot', preferred_username: 'dot' });
    const { id } = await viewerOf(app.url, token);
    const socket = await openSocket(app.url, { token });
    expect(socket.isAcknowledged).toBe(true);
    const query = `mutation { disableUser(input: { id: "${id}" }) { user { status } } }`;
    expect((await postQuery(app.url, query, bearer(app.token))).status).toBe(200);
    expect(await socket.closed).toBe(4403);
    expect(await tryToken(app.url, token)).toEqual(rejected);
  });

  it('one that expires closes its socket and its SSE stream', async () => {
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
    expect(await tryToken(app.url, token)).toEqual(rejected);
  });

  it('a new one renews a socket, whose operations continue', async () => {
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
    // Once the socket that was not renewed is closed, the old token has expired.
    expect(await other.closed).toBe(4403);
    const query = 'mutation { createConversation(input: { title: "still here" }) { conversation { id } } }';
    await postQuery(app.url, query, bearer(fresh));
    expect(await socket.answer('s')).toMatchObject({
      type: 'next',
      payload: { data: { conversationChanged: { kind: 'CREATED' } } },
    });
    socket.close();
  });

  it('another user’s or an invalid one does not renew a socket, which keeps its user', async () => {
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
    const overHttp = await postQuery(
      app.url,
      'mutation { renewConnection(input: { token: "any" }) { expiresAt } }',
      bearer(app.token),
    );
    expect(await overHttp.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    socket.close();
  });

  it('signing out is rejected for a token without a session, and ends none', async () => {
    const token = await issuer.sign();
    const signOut = await postQuery(
      app.url,
      'mutation { signOut(input: {}) { clientMutationId } }',
      bearer(token),
    );
    expect(await signOut.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await tryToken(app.url, token)).toEqual(accepted);
  });

  it('while the keys are unavailable, sockets are asked to retry, and no token is called invalid', async () => {
    const downIssuer = await startTestIssuer();
    await downIssuer.disconnect();
    const service = await startTestApp({
      env: { JWKS_URL: downIssuer.jwksUrl, JWT_ISSUER: downIssuer.issuer, JWT_AUDIENCE: downIssuer.audience },
    });
    expect(await tryToken(service.url, await downIssuer.sign())).toEqual({
      graphql: 503,
      sse: 503,
      rest: 503,
      openai: 503,
      socket: 1013,
    });
    expect(await tryToken(service.url, service.token)).toEqual(accepted);
    await service.stop();
  });

  it('a cookie is ignored for pages of other origins, over HTTP and on a socket', async () => {
    const signIn =
      'mutation { signIn(input: { username: "admin", password: "a password for tests" }) { expiresIn } }';
    const Cookie = (await postQuery(app.url, signIn)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const headers = { Cookie, Origin: 'https://untrusted.example' };
    expect((await postQuery(app.url, '{ viewer { id } }', headers)).status).toBe(403);
    expect((await fetch(`${app.url}/api/llm/models`, { headers })).status).toBe(401);
    const socket = await openSocket(app.url, undefined, headers);
    expect([socket.isAcknowledged, await socket.closed]).toEqual([false, 4403]);
    const own = await openSocket(app.url, undefined, { Cookie, Origin: app.url });
    expect(own.isAcknowledged).toBe(true);
    own.close();
  });
});
