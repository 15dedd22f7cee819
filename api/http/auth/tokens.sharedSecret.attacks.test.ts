import { type JWTPayload, SignJWT } from 'jose';
import { startTestIssuer, type TestIssuer } from '../../accounts/singleSignOn/issuer.testing.ts';
import type { TestApp } from '../testing/app.testing.ts';
import { accepted, rejected, tryToken } from '../testing/surfaces.testing.ts';
import { inSeconds, startTrusting, viewerOf } from './tokens.testing.ts';

const secret = 'a secret that the Control Center shares with us';

let issuer: TestIssuer;
let app: TestApp;
describe('attacks on the tokens of an issuer that shares a secret', () => {
  beforeAll(async () => {
    issuer = await startTestIssuer();
    app = await startTrusting(issuer, { JWT_SECRET: secret, JWT_ROLES_CLAIM: 'realm_access.roles' });
  });
  afterAll(async () => {
    await app.stop();
    await issuer.close();
  });

  const sign = (claims: JWTPayload = {}, alg = 'HS256', key = secret) =>
    new SignJWT({ iss: issuer.issuer, aud: issuer.audience, sub: 'ada-1', exp: inSeconds(60), ...claims })
      .setProtectedHeader({ alg })
      .sign(new TextEncoder().encode(key));

  it('a valid one is accepted on every request surface, beside session tokens', async () => {
    expect(await tryToken(app.url, await sign())).toEqual(accepted);
    expect(await tryToken(app.url, app.token)).toEqual(accepted);
  });

  it('one with another secret, or another algorithm with the right secret, is rejected', async () => {
    expect(
      await tryToken(app.url, await sign({}, 'HS256', 'another secret that is as long as ours is')),
    ).toEqual(rejected);
    expect(await tryToken(app.url, await sign({}, 'HS512', secret.repeat(2)))).toEqual(rejected);
    expect(await tryToken(app.url, await issuer.sign())).toEqual(rejected);
  });

  it('the shared secret cannot forge session tokens', async () => {
    const { items } = await app.stores.accounts.pageOfSessions(
      (await app.stores.accounts.findUserByName('admin'))?.id ?? '',
      { direction: 'forward', size: 1, after: null, before: null },
      new Date(),
    );
    const [session] = items;
    const forged = { iss: 'ziggie-llm', aud: 'ziggie-llm', sub: session?.userId, jti: session?.id };
    expect(await tryToken(app.url, await sign(forged))).toEqual(rejected);
  });

  it.each([
    [['admin'], 'ADMIN'],
    ['member', 'MEMBER'],
    [['offline_access'], 'VIEWER'],
    [undefined, 'VIEWER'],
  ])('the role comes from the claim, and is VIEWER without one: %j', async (roles, role) => {
    const token = await sign({ sub: `role-${role}-${roles}`, realm_access: { roles } });
    expect(await viewerOf(app.url, token)).toMatchObject({ role });
  });
});
