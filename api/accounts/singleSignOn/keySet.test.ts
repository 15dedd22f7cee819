import { silent } from '../../redis/server.testing.ts';
import { startTestIssuer, type TestIssuer } from './issuer.testing.ts';
import { createIssuerVerifier, type TokenVerifier } from './tokenVerifier.ts';

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

describe('the keys of an issuer', () => {
  let now: Date;
  let issuer: TestIssuer;
  let tokens: TokenVerifier;

  beforeEach(async () => {
    now = new Date();
    issuer = await startTestIssuer(() => now);
    const { audience, jwksUrl } = issuer;
    const algorithms = ['RS256', 'ES256', 'EdDSA'];
    const options = { issuer: issuer.issuer, audience, algorithms, leewayS: 30, rolesClaim: null };
    tokens = createIssuerVerifier(
      { ...options, keys: { jwksUrl } },
      () => now,
      silent,
      () => now.getTime(),
    );
  });
  afterEach(() => issuer.close());

  const pass = (ms: number) => {
    now = new Date(now.getTime() + ms);
  };
  const isAccepted = async (token?: string) => (await tokens.verify(token ?? (await issuer.sign()))) !== null;

  it.each(['RS256', 'ES256', 'EdDSA'])('verify tokens that are signed with %s', async (alg) => {
    expect(await isAccepted(await issuer.sign({}, { alg }))).toBe(true);
  });

  it('are fetched once for many simultaneous tokens', async () => {
    await Promise.all(Array.from({ length: 20 }, () => isAccepted()));
    expect(issuer.fetches).toBe(1);
  });

  it('are fetched again after a rotation, and the old key is rejected', async () => {
    const old = await issuer.sign();
    expect(await isAccepted(old)).toBe(true);
    await issuer.rotate();
    pass(31 * seconds);
    expect(await isAccepted()).toBe(true);
    expect(await isAccepted(old)).toBe(false);
    expect(issuer.fetches).toBe(2);
  });

  it('are fetched again for a new key although they were fetched just before', async () => {
    expect(await isAccepted()).toBe(true);
    pass(seconds);
    await issuer.rotate();
    expect(await isAccepted()).toBe(true);
    expect(issuer.fetches).toBe(2);
  });

  it('that are invented cause at most one fetch per half minute', async () => {
    expect(await isAccepted()).toBe(true);
    pass(31 * seconds);
    for (let tries = 0; tries < 20; tries += 1) {
      expect(await isAccepted(await issuer.sign({}, { kid: `made-up-${tries}` }))).toBe(false);
    }
    expect(issuer.fetches).toBe(2);
  });

  it('that were removed stay valid for a few minutes', async () => {
    const token = await issuer.sign({ exp: Math.floor(now.getTime() / 1000) + 3600 });
    expect(await isAccepted(token)).toBe(true);
    await issuer.rotate();
    pass(6 * minutes);
    // This one starts a refresh in the background; the next one, with an unknown key, waits for it.
    await isAccepted(token);
    expect(await isAccepted()).toBe(true);
    expect(issuer.fetches).toBe(2);
    expect(await isAccepted(token)).toBe(false);
  });

  it('stay valid for a day while the issuer is unreachable', async () => {
    expect(await isAccepted()).toBe(true);
    await issuer.disconnect();
    for (const outageMs of [6 * minutes, 12 * hours, 11 * hours]) {
      pass(outageMs);
      expect(await isAccepted()).toBe(true);
    }
    pass(hours);
    await expect(isAccepted()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await issuer.reconnect();
    pass(30 * seconds);
    expect(await isAccepted()).toBe(true);
  });

  it('that were never fetched make verification unavailable, not the tokens invalid', async () => {
    expect(await isAccepted()).toBe(true);
    const { audience, jwksUrl } = issuer;
    await issuer.disconnect();
    const options = { issuer: issuer.issuer, audience, algorithms: ['RS256'], leewayS: 0, rolesClaim: null };
    tokens = createIssuerVerifier(
      { ...options, keys: { jwksUrl } },
      () => now,
      silent,
      () => now.getTime(),
    );
    await expect(isAccepted()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await issuer.reconnect();
    pass(2 * seconds);
    expect(await isAccepted()).toBe(true);
  });

  it.each([
    ['an error', { status: 500 }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['no keys', { status: 200, body: '{"keys":7}' }],
    ['too many bytes', { status: 200, body: `{"keys":[],"more":"${'x'.repeat(300_000)}"}` }],
    ['a redirect', { status: 302, location: 'http://127.0.0.1:1/keys' }],
  ])('are kept if the issuer answers with %s', async (_what, answer) => {
    expect(await isAccepted()).toBe(true);
    issuer.answer = answer;
    pass(31 * seconds);
    expect(await isAccepted(await issuer.sign({}, { kid: 'unknown' }))).toBe(false);
    expect(issuer.fetches).toBe(2);
    expect(await isAccepted()).toBe(true);
  });
});
