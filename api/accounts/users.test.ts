import { hash } from '@node-rs/argon2';
import { forward } from '../stores/stores.contract.ts';
import { client, openTestAccounts, password, type TestAccounts } from './accounts.testing.ts';

describe('users', () => {
  let test: TestAccounts;
  beforeEach(async () => {
    test = await openTestAccounts();
  });
  afterEach(() => test.close());

  it('are created, listed and found by administrators', async () => {
    const { accounts, admin } = test;
    const ada = await accounts.users.create(admin, { username: ' Ada ', password, role: 'VIEWER' });
    expect(ada).toMatchObject({ username: 'Ada', role: 'VIEWER', status: 'ACTIVE', identity: null });
    const { items } = await accounts.users.page(admin, forward(10), 'AD');
    expect(items.map(({ username }) => username)).toEqual(['Ada', 'admin']);
    expect(await accounts.users.findMany(admin, [ada.id, 'nobody'])).toEqual([ada, null]);
  });

  it.each(['MEMBER', 'VIEWER'] as const)('can’t be managed by a %s', async (role) => {
    const { accounts, admin } = test;
    const viewer = await test.signUp(role);
    const { users, oneTimeLinks: links } = accounts;
    const adminId = admin.user.id;
    const acts: readonly (() => Promise<unknown>)[] = [
      () => users.page(viewer, forward(1), null),
      () => users.create(viewer, { username: 'eve', password, role: 'ADMIN' }),
      () => users.setRole(viewer, viewer.user.id, 'ADMIN'),
      () => users.disable(viewer, adminId),
      () => users.enable(viewer, adminId),
      () => users.delete(viewer, adminId),
      () => links.invite(viewer, 'ADMIN', null),
      () => links.invites(viewer, forward(1)),
      () => links.revokeInvite(viewer, 'any'),
      () => links.resetPassword(viewer, adminId, password, client),
    ];
    for (const act of acts) await expect(act()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await users.findMany(viewer, [adminId, viewer.user.id])).toEqual([null, viewer.user]);
  });

  it('need a unique valid name and a strong password', async () => {
    const { accounts, admin } = test;
    const create = (username: string, given = password) =>
      accounts.users.create(admin, { username, password: given, role: 'MEMBER' });
    await expect(create('ADMIN')).rejects.toMatchObject({ details: { field: 'username' } });
    for (const name of ['', 'a b', '.ada', 'a\u202eda', 'x'.repeat(65)]) {
      await expect(create(name)).rejects.toThrow('is not a valid user name');
    }
    await expect(create('marguerite', 'Marguerite12')).rejects.toThrow('easy to guess');
  });

  it('change roles immediately, and their clients reconnect', async () => {
    const { accounts, admin } = test;
    const member = await test.signUp('MEMBER');
    const reopened = Promise.withResolvers<string>();
    await accounts.onAccessRevoked(member, reopened.resolve);
    await accounts.users.setRole(admin, member.user.id, 'VIEWER');
    expect(await reopened.promise).toBe('changed');
    expect(await accounts.verifySessionToken(member.token)).toMatchObject({ user: { role: 'VIEWER' } });
  });

  it('that are disabled lose access immediately on every replica, until they are enabled', async () => {
    const { accounts, admin } = test;
    const elsewhere = test.replica();
    const member = await test.signUp('MEMBER');
    const ended = Promise.withResolvers<void>();
    await elsewhere.onAccessRevoked(member, () => ended.resolve());
    await accounts.users.disable(admin, member.user.id);
    await ended.promise;
    expect(await elsewhere.verifySessionToken(member.token)).toBeNull();
    const { username } = member.user;
    await expect(accounts.signIn(username, password, client)).rejects.toThrow('disabled');
    // Guessing doesn't reveal that the user is disabled.
    await expect(accounts.signIn(username, 'wrong', client)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'The user name or the password is wrong.',
    });
    await accounts.users.enable(admin, member.user.id);
    expect(await accounts.verifySessionToken(member.token)).toBeNull();
    await expect(accounts.signIn(username, password, client)).resolves.toBeDefined();
  });

  it('that are deleted lose access and all data', async () => {
    const { accounts, admin, stores, erased } = test;
    const member = await test.signUp('MEMBER');
    await accounts.users.delete(admin, member.user.id);
    expect(erased).toContain(member.user.id);
    expect(await accounts.verifySessionToken(member.token)).toBeNull();
    expect(await stores.accounts.findUser(member.user.id)).toBeNull();
    await expect(accounts.users.delete(admin, member.user.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('whose deletion was interrupted are deleted at the next start', async () => {
    const { accounts, stores, erased } = test;
    const { user } = await test.signUp('MEMBER');
    await stores.accounts.updateUser(user.id, { status: 'DELETING' });
    expect(await accounts.users.finishDeletions()).toBe(1);
    expect(erased).toContain(user.id);
    expect(await stores.accounts.findUser(user.id)).toBeNull();
    expect(await accounts.users.finishDeletions()).toBe(0);
  });

  it('whose deletion was interrupted are disabled instead while their data is held', async () => {
    const { accounts, stores, erased } = test;
    const { user } = await test.signUp('MEMBER');
    const hold = { id: user.id, ownerId: user.id, conversationId: null, reason: 'r', placedBy: 'boss' };
    await stores.holds.insert({ ...hold, createdAt: new Date() }, 9);
    await stores.accounts.updateUser(user.id, { status: 'DELETING' });
    expect(await accounts.users.finishDeletions()).toBe(0);
    expect(erased).not.toContain(user.id);
    expect(await stores.accounts.findUser(user.id)).toMatchObject({ status: 'DISABLED' });
    await stores.holds.delete(hold.id);
  });

  it('delete their own account with the password, and guesses are throttled', async () => {
    const { accounts, stores } = test;
    const member = await test.signUp('MEMBER');
    const remove = (given: string | null) => accounts.users.deleteSelf(member, given, client);
    await expect(remove(null)).rejects.toMatchObject({ details: { field: 'password' } });
    for (let tries = 0; tries < 5; tries += 1) await expect(remove('wrong')).rejects.toThrow('wrong');
    await expect(remove(password)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    test.now = new Date(test.now.getTime() + 1000);
    await remove(password);
    expect(await stores.accounts.findUser(member.user.id)).toBeNull();
  });

  it('always include an active administrator', async () => {
    const { accounts, admin } = test;
    const { id } = admin.user;
    const { users } = accounts;
    for (const act of [
      () => users.setRole(admin, id, 'MEMBER'),
      () => users.disable(admin, id),
      () => users.delete(admin, id),
      () => users.deleteSelf(admin, password, client),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'CONFLICT' });
    }
    const other = await test.signUp('ADMIN');
    await users.deleteSelf(admin, password, client);
    await expect(users.disable(other, other.user.id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('get a new password hash at the next sign-in if the parameters changed', async () => {
    const { accounts, admin, stores } = test;
    const outdated = await hash(password, { memoryCost: 19_456, timeCost: 1, parallelism: 1 });
    await stores.accounts.setPasswordHash(admin.user.id, outdated);
    await accounts.signIn('admin', password, client);
    const renewed = (await stores.accounts.findUser(admin.user.id))?.passwordHash;
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await accounts.signIn('admin', password, client);
    expect((await stores.accounts.findUser(admin.user.id))?.passwordHash).toBe(renewed);
  });
});
