import type { Viewer } from '../access/viewer.ts';
import { openTestAccounts, type SignedIn, type TestAccounts } from '../accounts/accounts.testing.ts';
import { createRedisBus } from '../realtime/bus.redis.ts';
import { describeWithRedis, openReplicas } from '../redis/server.testing.ts';
import { forward } from '../stores/stores.contract.ts';
import type { NewApiKey } from './service.ts';

const minute = 60_000;

describe('API keys', () => {
  let test: TestAccounts;
  let member: SignedIn;
  beforeEach(async () => {
    test = await openTestAccounts();
    member = await test.signUp('MEMBER');
  });
  afterEach(() => test.close());

  const create = (given: Partial<NewApiKey> = {}, viewer: Viewer = member) =>
    test.accounts.apiKeys.create(viewer, { name: 'editor', scopes: ['CHAT'], expiresAt: null, ...given });
  const recognized = async (secret: string) => test.accounts.verifyCredential(secret, null);

  it('authenticate their user with their scopes, and only their hash is stored', async () => {
    const { key, secret } = await create({ scopes: ['CHAT', 'READ', 'CHAT'] });
    expect(secret).toMatch(/^zk_[\w-]{43}$/);
    expect(key).toMatchObject({ name: 'editor', scopes: ['READ', 'CHAT'], ending: secret.slice(-4) });
    expect(JSON.stringify(key)).not.toContain(secret.slice(3, -4));
    const viewer = await recognized(secret);
    expect(viewer).toMatchObject({ user: { id: member.user.id }, sessionId: null, apiKey: { id: key.id } });
    // A key isn't accepted as a session token.
    expect(await test.accounts.verifySessionToken(secret)).toBeNull();
    expect(await recognized(`${secret}x`)).toBeNull();
    expect(await recognized(secret.slice(0, -1))).toBeNull();
  });

  it('need a name, a scope, and an expiry in the future', async () => {
    await expect(create({ name: ' ' })).rejects.toMatchObject({ details: { field: 'name' } });
    await expect(create({ name: 'x'.repeat(81) })).rejects.toMatchObject({ details: { field: 'name' } });
    await expect(create({ scopes: [] })).rejects.toMatchObject({ details: { field: 'scopes' } });
    await expect(create({ expiresAt: test.now })).rejects.toMatchObject({ details: { field: 'expiresAt' } });
    expect((await create({ name: ' laptop ' })).key.name).toBe('laptop');
  });

  it('of all users are listed and revoked by administrators with a session only', async () => {
    const { key, secret } = await create();
    const admin = await test.signUp('ADMIN');
    const other = await test.signUp('MEMBER');
    const { apiKeys } = test.accounts;
    expect((await apiKeys.pageOfAll(admin, forward(10))).items).toEqual([key]);
    await expect(apiKeys.pageOfAll(other, forward(10))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(apiKeys.revoke(other, key.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const asKey = { ...admin, apiKey: { id: 'k', scopes: ['ADMIN'] } } as const;
    await expect(apiKeys.pageOfAll(asKey, forward(10))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(apiKeys.revoke(asKey, key.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await recognized(secret)).not.toBeNull();
    await apiKeys.revoke(admin, key.id);
    expect(await recognized(secret)).toBeNull();
  });

  it('are rejected once they expire', async () => {
    const { key, secret } = await create({ expiresAt: new Date(test.now.getTime() + minute) });
    expect(await recognized(secret)).toMatchObject({ expiresAt: key.expiresAt });
    test.now = new Date(test.now.getTime() + minute);
    expect(await recognized(secret)).toBeNull();
  });

  it('record their last use, at most once a minute', async () => {
    const { key, secret } = await create();
    const lastUsedAt = async () => (await test.stores.apiKeys.find(member.user.id, key.id))?.lastUsedAt;
    expect(await lastUsedAt()).toBeNull();
    const first = test.now;
    await recognized(secret);
    expect(await lastUsedAt()).toEqual(first);
    test.now = new Date(first.getTime() + minute - 1);
    await recognized(secret);
    expect(await lastUsedAt()).toEqual(first);
    test.now = new Date(first.getTime() + minute);
    await recognized(secret);
    expect(await lastUsedAt()).toEqual(test.now);
  });

  it('never exceed the role of their user, also after it changes', async () => {
    const { accounts, admin } = test;
    const viewer = await test.signUp('VIEWER');
    await expect(create({ scopes: ['CHAT'] }, viewer)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(create({ scopes: ['READ', 'ADMIN'] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const second = await test.signUp('ADMIN');
    const { secret } = await create({ scopes: ['ADMIN'] }, second);
    const asKey = async () => (await recognized(secret)) as Viewer;
    await accounts.users.page(await asKey(), forward(1), null);
    await accounts.users.setRole(admin, second.user.id, 'MEMBER');
    await expect(accounts.users.page(await asKey(), forward(1), null)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('can’t create, list or revoke keys and sessions, or change a password', async () => {
    const { accounts } = test;
    const { secret, key } = await create({ scopes: ['READ', 'CHAT'] });
    const viewer = (await recognized(secret)) as Viewer;
    const client = { address: null, userAgent: null };
    const attempts = [
      () => create({}, viewer),
      () => accounts.apiKeys.page(viewer, forward(1)),
      () => accounts.apiKeys.revoke(viewer, key.id),
      () => accounts.sessions.page(viewer, forward(1)),
      () => accounts.sessions.revoke(viewer, member.sessionId),
      () => accounts.sessions.revokeOthers(viewer),
      () => accounts.changePassword(viewer, 'any', 'correct horse battery staple', client),
      () => accounts.users.deleteSelf(viewer, 'any', client),
      () => accounts.signOutViewer(viewer),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await accounts.apiKeys.findMany(viewer, [key.id])).toEqual([null]);
    expect(await accounts.sessions.findMany(viewer, [member.sessionId])).toEqual([null]);
  });

  it('are visible to their own user only', async () => {
    const { accounts } = test;
    const other = await test.signUp('MEMBER');
    const { key } = await create();
    expect(await accounts.apiKeys.findMany(other, [key.id])).toEqual([null]);
    await expect(accounts.apiKeys.revoke(other, key.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await accounts.apiKeys.page(other, forward(9))).items).toEqual([]);
    expect(await accounts.apiKeys.findMany(member, [key.id])).toEqual([key]);
  });

  it('are limited to a hundred per user', async () => {
    for (let count = 0; count < 100; count += 1) await create();
    await expect(create()).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('are rejected while their user is disabled, and deleted with their user', async () => {
    const { accounts, admin, stores } = test;
    const { secret } = await create();
    await accounts.users.disable(admin, member.user.id);
    expect(await recognized(secret)).toBeNull();
    await accounts.users.enable(admin, member.user.id);
    expect(await recognized(secret)).not.toBeNull();
    await accounts.users.delete(admin, member.user.id);
    expect((await stores.apiKeys.page(member.user.id, forward<never>(1))).items).toEqual([]);
    expect(await recognized(secret)).toBeNull();
  });

  it('notify their own listeners when they are revoked', async () => {
    const { accounts } = test;
    const [first, second] = [await create(), await create()];
    const ended: string[] = [];
    for (const { key, secret } of [first, second]) {
      await accounts.onAccessRevoked((await recognized(secret)) as Viewer, () => ended.push(key.id));
    }
    await accounts.changePassword(member, 'correct horse battery', 'another horse, another battery', {
      address: null,
      userAgent: null,
    });
    await accounts.apiKeys.revoke(member, first.key.id);
    expect(ended).toEqual([first.key.id]);
  });
});

describeWithRedis('an API key that another replica revokes', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());

  it('is invalid immediately, and its listeners are called', async () => {
    const buses = [createRedisBus(replicas.replica()), createRedisBus(replicas.replica())] as const;
    const test = await openTestAccounts(buses[0]);
    const elsewhere = test.replica(buses[1]);
    const { admin } = test;
    const { key, secret } = await test.accounts.apiKeys.create(admin, {
      name: 'editor',
      scopes: ['CHAT'],
      expiresAt: null,
    });
    const ended = Promise.withResolvers<void>();
    await elsewhere.onAccessRevoked((await elsewhere.verifyCredential(secret, null)) as Viewer, () =>
      ended.resolve(),
    );
    await test.accounts.apiKeys.revoke(admin, key.id);
    await ended.promise;
    expect(await elsewhere.verifyCredential(secret, null)).toBeNull();
    await test.close();
    await Promise.all(buses.map((bus) => bus.close()));
  });
});
