import { type JWTPayload, SignJWT } from 'jose';
import { startTestIssuer, type TestIssuer } from '../../accounts/singleSignOn/issuer.testing.ts';
import type { TestApp } from '../testing/app.testing.ts';
import { letIn, refused, tryToken } from '../testing/surfaces.testing.ts';
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
    expect(await viewerOf(app.url, token)).toMatchObject({ role });
  });
});
