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
  const isBelieved = async (token?: string) => (await tokens.verify(token ?? (await issuer.sign()))) !== null;

  it.each(['RS256', 'ES256', 'EdDSA'])('check tokens that are signed by %s', async (alg) => {
    expect(await isBelieved(await issuer.sign({}, { alg }))).toBe(true);
  });

  it('are fetched once for many tokens, also where they all come at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => isBelieved()));
    expect(issuer.fetches).toBe(1);
  });

  it('are fetched again at once where the issuer signs with another, and the old one is believed no more', async () => {
    const old = await issuer.sign();
    expect(await isBelieved(old)).toBe(true);
    await issuer.rotate();
    pass(31 * seconds);
    expect(await isBelieved()).toBe(true);
    expect(await isBelieved(old)).toBe(false);
    expect(issuer.fetches).toBe(2);
  });

  it('that are made up make it fetch no more than once in half a minute', async () => {
    expect(await isBelieved()).toBe(true);
    pass(31 * seconds);
    for (let tries = 0; tries < 20; tries += 1) {
      expect(await isBelieved(await issuer.sign({}, { kid: `made-up-${tries}` }))).toBe(false);
    }
    expect(issuer.fetches).toBe(2);
  });

  it('that were taken back are believed for some minutes, and then no more', async () => {
    const token = await issuer.sign({ exp: Math.floor(now.getTime() / 1000) + 3600 });
    expect(await isBelieved(token)).toBe(true);
    await issuer.rotate();
    pass(6 * minutes);
    // This one makes it look again, aside; the next, of a key that it does not know yet, waits for that.
    await isBelieved(token);
    expect(await isBelieved()).toBe(true);
    expect(issuer.fetches).toBe(2);
    expect(await isBelieved(token)).toBe(false);
  });

  it('go on working while the issuer is away, for a day', async () => {
    expect(await isBelieved()).toBe(true);
    await issuer.leave();
    for (const away of [6 * minutes, 12 * hours, 11 * hours]) {
      pass(away);
      expect(await isBelieved()).toBe(true);
    }
    pass(hours);
    await expect(isBelieved()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await issuer.comeBack();
    pass(30 * seconds);
    expect(await isBelieved()).toBe(true);
  });

  it('that were never there are said to be away, not the tokens to be wrong, and are there once they can be', async () => {
    expect(await isBelieved()).toBe(true);
    const { audience, jwksUrl } = issuer;
    await issuer.leave();
    const options = { issuer: issuer.issuer, audience, algorithms: ['RS256'], leewayS: 0, rolesClaim: null };
    tokens = createIssuerVerifier(
      { ...options, keys: { jwksUrl } },
      () => now,
      silent,
      () => now.getTime(),
    );
    await expect(isBelieved()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await issuer.comeBack();
    pass(2 * seconds);
    expect(await isBelieved()).toBe(true);
  });

  it.each([
    ['an error', { status: 500 }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['no keys', { status: 200, body: '{"keys":7}' }],
    ['too much', { status: 200, body: `{"keys":[],"more":"${'x'.repeat(300_000)}"}` }],
    ['a way elsewhere', { status: 302, location: 'http://127.0.0.1:1/keys' }],
  ])('are kept where the issuer answers with %s', async (_what, answer) => {
    expect(await isBelieved()).toBe(true);
    issuer.answer = answer;
    pass(31 * seconds);
    expect(await isBelieved(await issuer.sign({}, { kid: 'unknown' }))).toBe(false);
    expect(issuer.fetches).toBe(2);
    expect(await isBelieved()).toBe(true);
  });
});
