import { openTestAccounts, password, type TestAccounts } from '../accounts.testing.ts';

describe('users of an identity provider', () => {
  let test: TestAccounts;
  beforeEach(async () => {
    test = await openTestAccounts();
  });
  afterEach(() => test.close());

  const identity = { issuer: 'https://id.example', subject: '42' };

  it('are created once at their first sign-in, also with simultaneous ones', async () => {
    const { identities } = test.accounts;
    const claims = { identity, name: 'Ada Lovelace', role: null };
    const seen = await Promise.all([1, 2, 3].map(() => identities.findOrCreateUser(claims)));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
    expect(seen[0]).toMatchObject({ username: 'Ada.Lovelace', role: 'MEMBER', passwordHash: null, identity });
  });

  it('never get the account of a local user with the same name', async () => {
    const { accounts, admin } = test;
    const user = await accounts.identities.findOrCreateUser({ identity, name: 'admin', role: null });
    expect(user.id).not.toBe(admin.user.id);
    expect(user).toMatchObject({ username: expect.stringMatching(/^admin-\w{6}$/), role: 'MEMBER' });
    const elsewhere = { ...identity, issuer: 'https://other.example' };
    const other = await accounts.identities.findOrCreateUser({
      identity: elsewhere,
      name: 'admin',
      role: null,
    });
    expect(other.id).not.toBe(user.id);
  });

  it('have no password to sign in with, to change or to reset', async () => {
    const { accounts, admin } = test;
    const client = { address: null, userAgent: null };
    const user = await accounts.identities.findOrCreateUser({ identity, name: 'ada', role: null });
    await expect(accounts.signIn('ada', '', client)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(accounts.oneTimeLinks.resetPassword(admin, user.id, password, client)).rejects.toThrow(
      'signs in with the identity provider',
    );
    const { session } = await accounts.openSession(user, client);
    const viewer = { user, sessionId: session.id, apiKey: null, expiresAt: session.expiresAt };
    await expect(accounts.changePassword(viewer, '', 'correct horse battery', client)).rejects.toThrow(
      'no password here',
    );
  });

  it('confirm the reset of another user’s password with a sign-in of the last five minutes', async () => {
    const { accounts } = test;
    const client = { address: null, userAgent: null };
    const ada = await accounts.identities.findOrCreateUser({ identity, name: 'ada', role: 'ADMIN' });
    const { session } = await accounts.openSession(ada, client);
    const viewer = { user: ada, sessionId: session.id, apiKey: null, expiresAt: session.expiresAt };
    const member = await test.signUp('MEMBER');
    const reset = (as: typeof viewer | (Omit<typeof viewer, 'sessionId'> & { sessionId: null }) = viewer) =>
      accounts.oneTimeLinks.resetPassword(as, member.user.id, null, client);
    await expect(reset()).resolves.toMatchObject({ user: { id: member.user.id } });
    // A token of another service doesn't say when its user signed in.
    await expect(reset({ ...viewer, sessionId: null })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const signedInAt = test.now;
    test.now = new Date(signedInAt.getTime() + 5 * 60_000);
    await expect(reset()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    test.now = new Date(signedInAt.getTime() - 60 * 60_000);
    await expect(reset()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('delete their own account after a recent sign-in', async () => {
    const { accounts, stores } = test;
    const client = { address: null, userAgent: null };
    const user = await accounts.identities.findOrCreateUser({ identity, name: 'ada', role: null });
    const open = async () => {
      const { session } = await accounts.openSession(user, client);
      return { user, sessionId: session.id, apiKey: null, expiresAt: session.expiresAt };
    };
    const stale = await open();
    test.now = new Date(test.now.getTime() + 11 * 60_000);
    await expect(accounts.users.deleteSelf(stale, null, client)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await accounts.users.deleteSelf(await open(), null, client);
    expect(await stores.accounts.findUser(user.id)).toBeNull();
  });

  it('get the role of their claims at each sign-in, unless no administrator would be left', async () => {
    const { accounts, admin } = test;
    const seen = (role: 'ADMIN' | 'VIEWER') =>
      accounts.identities.findOrCreateUser({ identity, name: 'ada', role });
    expect(await seen('VIEWER')).toMatchObject({ role: 'VIEWER' });
    expect(await seen('ADMIN')).toMatchObject({ role: 'ADMIN' });
    const ada = await seen('ADMIN');
    await accounts.users.disable({ ...admin, user: ada }, admin.user.id);
    expect(await seen('VIEWER')).toMatchObject({ role: 'ADMIN' });
  });

  it.each([
    [null, /^user-\w{6}$/],
    ['  \u202e<script>  ', /^script$/],
    ['名前', /^名前$/],
    ['x'.repeat(500), /^x{56}$/],
  ])('get a valid user name from %j', async (name, username) => {
    const user = await test.accounts.identities.findOrCreateUser({ identity, name, role: null });
    expect(user.username).toMatch(username);
  });
});
