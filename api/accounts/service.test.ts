import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import type { Viewer } from '../access/viewer.ts';
import { createMemoryThrottle } from '../limits/throttle/throttle.memory.ts';
import { createIds } from '../process/ids.ts';
import { createMemoryBus } from '../realtime/bus.memory.ts';
import { silent } from '../redis/server.testing.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import type { Stores } from '../stores/stores.ts';
import { client, password } from './accounts.testing.ts';
import { type Accounts, createAccounts } from './service.ts';

const signingKey = new Uint8Array(32).fill(1);

let stores: Stores;
let accounts: Accounts;
let now: Date;

beforeEach(async () => {
  stores = await openTemporaryStores();
  now = new Date();
  accounts = createAccounts({
    store: stores.accounts,
    apiKeyStore: stores.apiKeys,
    tokenVerifier: null,
    bus: createMemoryBus(),
    throttle: createMemoryThrottle(() => now.getTime()),
    deleteUserData: async () => {},
    cancelUserGenerations: async () => {},
    checkUserDeletable: async () => {},
    secrets: { signingKey },
    clock: () => now,
    ids: createIds(),
    log: silent,
  });
});

afterEach(() => stores.close());

const signIn = () => accounts.signIn('admin', password, client);

const viewerOf = async (token: string): Promise<Viewer> => {
  const viewer = await accounts.verifySessionToken(token);
  if (!viewer) throw new Error('the session token is invalid');
  return viewer;
};

describe('the first start', () => {
  it('creates an administrator with a random password, once', async () => {
    const first = await accounts.ensureAdmin(null);
    expect(first).toMatchObject({
      created: true,
      username: 'admin',
      password: expect.stringMatching(/^[\w-]{20}$/),
    });
    expect(await accounts.ensureAdmin('another password')).toEqual({ created: false });
    if (!first.created || first.password === null) throw new Error('no password');
    await expect(accounts.signIn('admin', first.password, client)).resolves.toMatchObject({
      user: { role: 'ADMIN' },
    });
  });

  it('uses the configured password and does not return it', async () => {
    expect(await accounts.ensureAdmin(password)).toEqual({
      created: true,
      username: 'admin',
      password: null,
    });
    await expect(signIn()).resolves.toBeDefined();
  });
});

describe('signing in', () => {
  beforeEach(() => accounts.ensureAdmin(password));

  it('returns a token that is valid until the user signs out', async () => {
    const { token, session, expiresInS } = await signIn();
    const viewer = await viewerOf(token);
    expect(viewer).toMatchObject({ user: { username: 'admin' }, sessionId: session.id });
    expect(Number(viewer.expiresAt) - session.createdAt.getTime()).toBe(expiresInS * 1000);
    await accounts.signOut(session.id);
    expect(await accounts.verifySessionToken(token)).toBeNull();
  });

  it('gives the same error for a wrong name and a wrong password', async () => {
    const failures = await Promise.all([
      accounts.signIn('admin', 'wrong', client).catch(String),
      accounts.signIn('nobody', 'wrong', client).catch(String),
      accounts.signIn('admin', 'x'.repeat(2000), client).catch(String),
    ]);
    expect(new Set(failures)).toEqual(new Set(['Failure: The user name or the password is wrong.']));
  });

  it('takes as long for an unknown name as for a wrong password', async () => {
    const timeToReject = async (username: string) => {
      const startedAt = performance.now();
      await accounts.signIn(username, 'wrong', { ...client, address: username }).catch(() => undefined);
      return performance.now() - startedAt;
    };
    const quickest = async (username: string) =>
      Math.min(await timeToReject(username), await timeToReject(username), await timeToReject(username));
    // Without a hash to compute it would be hundreds of times quicker.
    expect(await quickest('nobody')).toBeGreaterThan((await quickest('admin')) / 4);
  });

  it('is throttled after failures, also with the right password', async () => {
    for (let i = 0; i < 5; i += 1) await expect(accounts.signIn('admin', 'wrong', client)).rejects.toThrow();
    await expect(signIn()).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfter: 1 } });
    await expect(
      accounts.signIn('admin', password, { ...client, address: '192.0.2.9' }),
    ).resolves.toBeDefined();
    now = new Date(now.getTime() + 1000);
    await expect(signIn()).resolves.toBeDefined();
  });

  it('accepts a password in any Unicode normal form', async () => {
    const { token } = await signIn();
    await accounts.changePassword(await viewerOf(token), password, 'caf\u00e9 caf\u00e9 caf\u00e9', client);
    await expect(accounts.signIn('admin', 'cafe\u0301 cafe\u0301 cafe\u0301', client)).resolves.toBeDefined();
  });
});

describe('tokens', () => {
  const claims = { iss: 'ziggie-llm', aud: 'ziggie-llm' };
  let real: JWTPayload;

  beforeEach(async () => {
    await accounts.ensureAdmin(password);
    const { user, session } = await signIn();
    real = { ...claims, sub: user.id, jti: session.id, exp: session.expiresAt.getTime() / 1000 };
  });

  const sign = (payload: JWTPayload, alg = 'HS256', key = signingKey) =>
    new SignJWT(payload).setProtectedHeader({ alg }).sign(key);

  it('are accepted when this service issued them', async () => {
    expect(await accounts.verifySessionToken(await sign(real))).not.toBeNull();
  });

  it.each<[string, () => string | Promise<string>]>([
    ['is no token', () => 'nonsense'],
    ['is empty', () => ''],
    ['is signed with another key', () => sign(real, 'HS256', new Uint8Array(32).fill(2))],
    ['is signed by another algorithm', () => sign(real, 'HS512', new Uint8Array(64).fill(1))],
    ['is not signed', () => new UnsecuredJWT(real).encode()],
    ['has another issuer', () => sign({ ...real, iss: 'elsewhere' })],
    ['has another audience', () => sign({ ...real, aud: 'elsewhere' })],
    ['never expires', () => sign({ ...real, exp: undefined })],
    ['has no subject', () => sign({ ...real, sub: undefined })],
    ['has no session', () => sign({ ...real, jti: undefined })],
    ['has a session that is a number', () => sign({ ...real, jti: 1 as unknown as string })],
    ['has a session of another user', () => sign({ ...real, sub: 'somebody-else' })],
    ['has an unknown session', () => sign({ ...real, jti: 'no-such-session' })],
    ['has expired', () => sign({ ...real, exp: Math.floor(Date.now() / 1000) - 1 })],
  ])('are rejected when one %s', async (_how, make) => {
    expect(await accounts.verifySessionToken(await make())).toBeNull();
  });

  it('expire with their session', async () => {
    const token = await sign(real);
    now = new Date(Number(real.exp) * 1000);
    expect(await accounts.verifySessionToken(token)).toBeNull();
  });
});

describe('the revocation of a session', () => {
  beforeEach(() => accounts.ensureAdmin(password));

  it('calls each listener once and removes it', async () => {
    const { token, session } = await signIn();
    const viewer = await viewerOf(token);
    let ends = 0;
    const stop = await accounts.onAccessRevoked(viewer, () => {
      ends += 1;
    });
    await accounts.onAccessRevoked(viewer, () => {
      ends += 1;
    });
    expect(accounts.revocationListenerCount()).toBe(2);
    stop();
    await accounts.signOut(session.id);
    await accounts.signOut(session.id);
    expect(ends).toBe(1);
    expect(accounts.revocationListenerCount()).toBe(0);
  });

  it('calls a listener immediately if it happened before', async () => {
    const { token, session } = await signIn();
    const viewer = await viewerOf(token);
    await accounts.signOut(session.id);
    const ended = Promise.withResolvers<void>();
    await accounts.onAccessRevoked(viewer, () => ended.resolve());
    await ended.promise;
  });

  it('calls a listener when the session expires', async () => {
    const { token } = await signIn();
    const viewer = await viewerOf(token);
    const ended = Promise.withResolvers<void>();
    await accounts.onAccessRevoked({ ...viewer, expiresAt: new Date(now.getTime() + 5) }, () =>
      ended.resolve(),
    );
    await ended.promise;
  });
});

describe('changing the password', () => {
  const next = 'another horse, another battery';
  let viewer: Viewer;

  beforeEach(async () => {
    await accounts.ensureAdmin(password);
    viewer = await viewerOf((await signIn()).token);
  });

  it('revokes the other sessions and keeps this one', async () => {
    const other = await signIn();
    const ended = Promise.withResolvers<void>();
    await accounts.onAccessRevoked(await viewerOf(other.token), () => ended.resolve());
    await accounts.changePassword(viewer, password, next, client);
    await ended.promise;
    expect(await accounts.verifySessionToken(other.token)).toBeNull();
    expect(await stores.accounts.findSession(viewer.sessionId ?? '', now)).not.toBeNull();
    await expect(accounts.signIn('admin', next, client)).resolves.toBeDefined();
    await expect(signIn()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('requires the current one, and throttles guesses', async () => {
    const guess = () => accounts.changePassword(viewer, 'wrong', next, client);
    await expect(guess()).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'currentPassword' },
    });
    for (let i = 0; i < 4; i += 1) await expect(guess()).rejects.toThrow();
    await expect(guess()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is not verified for a client that has left, and counts as no guess', async () => {
    for (let left = 0; left < 20; left += 1) {
      const change = accounts.changePassword(viewer, 'wrong', next, { ...client, isGone: () => true });
      await expect(change).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    await expect(accounts.changePassword(viewer, password, next, client)).resolves.toBeUndefined();
  });

  it('rejects a new one that is too short or too long', async () => {
    await expect(accounts.changePassword(viewer, password, 'too short', client)).rejects.toThrow(
      'The new password has 9 characters; it needs at least 12.',
    );
    await expect(accounts.changePassword(viewer, password, 'x'.repeat(1025), client)).rejects.toThrow(
      '1024 bytes',
    );
  });
});
