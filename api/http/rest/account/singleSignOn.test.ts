import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JWTPayload, SignJWT } from 'jose';
import { chainOnce } from '../../../audit/events.testing.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import {
  type Claims,
  clientId,
  clientSecret,
  createBrowser,
  freePort,
  startProvider,
  type TestProvider,
} from './openidProvider.testing.ts';

describe.each(['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const)(
  'single sign-on by %s',
  (authMethod) => {
    let app: TestApp;
    let provider: TestProvider;
    let start = '';
    let folder = '';
    const rolesClaim = 'realm_access.roles';

    beforeAll(async () => {
      const port = await freePort();
      const publicUrl = `http://127.0.0.1:${port}`;
      folder = await mkdtemp(join(tmpdir(), 'ziggie-key-'));
      const keyPath = join(folder, 'client.pem');
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      await writeFile(keyPath, privateKey.export({ format: 'pem', type: 'pkcs8' }));
      const hasKey = authMethod === 'private_key_jwt';
      const redirectUri = `${publicUrl}/api/auth/oidc/callback`;
      provider = await startProvider(redirectUri, authMethod, hasKey ? publicKey : null);
      const env = {
        PORT: String(port),
        PUBLIC_URL: publicUrl,
        OIDC_ISSUER: provider.issuer,
        OIDC_CLIENT_ID: clientId,
        ...(hasKey ? { OIDC_CLIENT_KEY: keyPath } : { OIDC_CLIENT_SECRET: clientSecret }),
        OIDC_ROLES_CLAIM: rolesClaim,
        OIDC_NAME: 'Example',
      };
      app = await startTestApp({ env });
      start = `${publicUrl}/api/auth/oidc/start`;
    }, 30_000);
    afterAll(async () => {
      await app.stop();
      await provider.close();
      await rm(folder, { recursive: true, force: true });
    });

    const callback = /\/api\/auth\/oidc\/callback/;

    /** Signs in at the provider. Returns the callback URL that it redirects to. */
    const toCallback = async (browser: ReturnType<typeof createBrowser>, sub: string, from = start) => {
      const page = await browser.follow(from);
      return browser.follow(page, callback, { prompt: 'login', login: sub, password: 'any' });
    };

    const signIn = async (sub: string, claims: Claims = {}, from = start) => {
      provider.users.set(sub, claims);
      const browser = createBrowser();
      const ended = await browser.follow(await toCallback(browser, sub, from));
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', cookie: browser.cookies(`${app.url}/graphql`) },
        body: '{"query":"{ viewer { username role identityProvider } }"}',
      });
      const { data } = (await response.json()) as { data: { viewer: Claims | null } };
      return { ended: ended.replace(app.url, ''), viewer: data.viewer, browser };
    };

    it('is announced with its name to anonymous callers', async () => {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"query":"{ singleSignOn { name url } }"}',
      });
      expect(await response.json()).toMatchObject({
        data: { singleSignOn: { name: 'Example', url: start } },
      });
    });

    it('creates a user at the first sign-in, sets the role from the claims, and redirects to next', async () => {
      const claims = { preferred_username: 'ada', realm_access: { roles: ['offline', 'Member'] } };
      const first = await signIn('sub-ada', claims, `${start}?next=/models`);
      expect(first.ended).toBe('/models');
      expect(first.viewer).toEqual({ username: 'ada', role: 'MEMBER', identityProvider: provider.issuer });
      const again = await signIn('sub-ada', { ...claims, realm_access: { roles: ['admin'] } });
      expect(again).toMatchObject({ ended: '/', viewer: { username: 'ada', role: 'ADMIN' } });
    });

    it('never signs in to a local account of the same name', async () => {
      const { viewer } = await signIn('sub-eve', { preferred_username: 'admin' });
      expect(viewer).toEqual({
        username: expect.stringMatching(/^admin-\w{6}$/),
        role: 'VIEWER',
        identityProvider: provider.issuer,
      });
    });

    it('rejects a disabled user', async () => {
      await signIn('sub-dan', { preferred_username: 'dan' });
      const { accounts } = app.app;
      const [admin, dan] = await Promise.all([
        accounts.verifySessionToken(app.token),
        app.stores.accounts.findUserByName('dan'),
      ]);
      if (!admin || !dan) throw new Error('the users do not exist');
      await accounts.users.disable(admin, dan.id);
      const { ended, viewer } = await signIn('sub-dan', { preferred_username: 'dan' });
      expect([ended, viewer]).toEqual(['/login?problem=disabled', null]);
    });

    it('is recorded in the audit log, with created users, changed roles and rejections', async () => {
      const events = await chainOnce(app.stores.audit, (entries) =>
        entries.some(({ details }) => details.problem === 'disabled'),
      );
      const of = (username: string) =>
        events
          .filter((event) => event.username === username || event.target === username)
          .map(({ action, outcome, details }) => [action, outcome, details.role ?? null]);
      expect(of('ada')).toEqual([
        ['CREATE_USER', 'OK', 'MEMBER'],
        ['SINGLE_SIGN_ON', 'OK', null],
        ['SET_USER_ROLE', 'OK', 'ADMIN'],
        ['SINGLE_SIGN_ON', 'OK', null],
      ]);
      const rejected = events.find(({ details }) => details.problem === 'disabled');
      expect(rejected).toMatchObject({
        action: 'SINGLE_SIGN_ON',
        outcome: 'FORBIDDEN',
        address: '127.0.0.1',
      });
    });

    it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/a\r\nb'])(
      'never redirects to another site: %j',
      async (next) => {
        const { ended } = await signIn('sub-ada', {}, `${start}?next=${encodeURIComponent(next)}`);
        expect(ended).toBe('/');
      },
    );

    const problem = async (browser: ReturnType<typeof createBrowser>, address: string) => {
      const response = await browser.step(address);
      expect(response.headers.getSetCookie().join()).not.toContain('ziggie_session=ey');
      return response.headers.get('location');
    };

    it('is rejected in another browser than the one that began it', async () => {
      const back = await toCallback(createBrowser(), 'sub-ada');
      expect(await problem(createBrowser(), back)).toBe('/login?problem=expired');
      const other = createBrowser();
      await other.step(start);
      expect(await problem(other, back)).toBe('/login?problem=failed');
    });

    it('is rejected for a forged callback, and for a replayed one', async () => {
      const browser = createBrowser();
      const back = new URL(await toCallback(browser, 'sub-ada'));
      const cookie = browser.cookies(back.href);
      const forged = new URL(back);
      forged.searchParams.set('state', 'another');
      expect(await problem(browser, forged.href)).toBe('/login?problem=failed');
      // The first callback removed the cookie. The replay sends the old one, like a thief of both would.
      const again = () => fetch(back, { redirect: 'manual', headers: { cookie } });
      expect((await again()).headers.get('location')).toBe('/');
      expect((await again()).headers.get('location')).toBe('/login?problem=failed');
    });

    it('accepts no session token as its sealed state, nor the state as a session token', async () => {
      const key = new Uint8Array(32).fill(3);
      const sign = (payload: JWTPayload, audience: string) =>
        new SignJWT(payload)
          .setProtectedHeader({ alg: 'HS256' })
          .setAudience(audience)
          .setExpirationTime('5m')
          .sign(key);
      const begun = { state: 's', nonce: 'n', codeVerifier: 'v', next: '/' };
      const cookie = `ziggie_sign_on=${await sign(begun, 'ziggie-llm')}`;
      const response = await fetch(`${app.url}/api/auth/oidc/callback?code=c&state=s`, {
        redirect: 'manual',
        headers: { cookie },
      });
      expect(response.headers.get('location')).toBe('/login?problem=expired');
      const sealed = await sign({ sub: 'u', jti: 's', iss: 'ziggie-llm' }, 'ziggie-llm:single-sign-on');
      expect(await app.app.accounts.verifySessionToken(sealed)).toBeNull();
    });

    it('reports a denial by the provider', async () => {
      const browser = createBrowser();
      const begun = await browser.step(start);
      const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
      const back = `${app.url}/api/auth/oidc/callback?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`;
      expect(await problem(browser, back)).toBe('/login?problem=rejected');
    });

    it('reports an unavailable provider, and works again once it is back', async () => {
      const browser = createBrowser();
      const back = await toCallback(browser, 'sub-ada');
      provider.answer(false);
      expect(await problem(browser, back)).toBe('/login?problem=provider-unavailable');
      provider.answer(true);
      expect(await signIn('sub-ada')).toMatchObject({ ended: '/', viewer: { username: 'ada' } });
    });

    it('writes no code, token or secret to the log', () => {
      const text = JSON.stringify(app.logged);
      expect(text).toContain('single sign-on failed');
      expect(text).not.toMatch(/code=|eyJ|the client secret of the tests/);
    });
  },
);

describe('a provider that is unavailable at the start', () => {
  it('affects neither the sign-in page nor passwords', async () => {
    const env = {
      PUBLIC_URL: 'http://127.0.0.1:9',
      OIDC_ISSUER: `http://127.0.0.1:${await freePort()}`,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: clientSecret,
    };
    const app = await startTestApp({ env });
    const response = await fetch(`${app.url}/api/auth/oidc/start`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([
      302,
      '/login?problem=provider-unavailable',
    ]);
    expect((await app.get('/api/llm/models')).status).toBe(200);
    await app.stop();
  });
});
