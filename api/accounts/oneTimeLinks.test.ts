import { forward } from '../stores/stores.contract.ts';
import { client, openTestAccounts, password, type TestAccounts } from './accounts.testing.ts';

const day = 24 * 60 * 60_000;

describe('an invite', () => {
  let test: TestAccounts;
  beforeEach(async () => {
    test = await openTestAccounts();
  });
  afterEach(() => test.close());

  const invite = () => test.accounts.oneTimeLinks.invite(test.admin, 'MEMBER', ' for Ada ');
  const accept = (secret: string, username = 'ada', given = password) =>
    test.accounts.oneTimeLinks.acceptInvite(secret, username, given, client);

  it('creates one user with its role and signs in', async () => {
    const { accounts } = test;
    const { secret, link } = await invite();
    expect(await accounts.oneTimeLinks.preview(secret)).toMatchObject({
      kind: 'INVITE',
      role: 'MEMBER',
      username: null,
    });
    const { user, token } = await accept(secret);
    expect(user).toMatchObject({ username: 'ada', role: 'MEMBER' });
    expect(await accounts.verifySessionToken(token)).toMatchObject({ user: { id: user.id } });
    await expect(accept(secret, 'eve')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await accounts.oneTimeLinks.preview(secret)).toBeNull();
    expect(link.note).toBe('for Ada');
  });

  it('creates one user when it is accepted several times at once', async () => {
    const { secret } = await invite();
    const names = ['a1', 'a2', 'a3', 'a4'];
    const outcomes = await Promise.allSettled(names.map((name) => accept(secret, name)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { items } = await test.accounts.users.page(test.admin, forward(10), null);
    expect(items).toHaveLength(2);
  });

  it('stays valid after attempts with a taken name and a weak password', async () => {
    const { secret } = await invite();
    await expect(accept(secret, 'Admin')).rejects.toMatchObject({ details: { field: 'username' } });
    await expect(accept(secret, 'ada', 'short')).rejects.toMatchObject({ details: { field: 'password' } });
    await expect(accept(secret)).resolves.toBeDefined();
  });

  it('expires after a week, and ends when it is revoked', async () => {
    const { oneTimeLinks: links } = test.accounts;
    const [late, revoked] = [await invite(), await invite()];
    expect((await links.invites(test.admin, forward(10))).items).toHaveLength(2);
    await links.revokeInvite(test.admin, revoked.link.id);
    await expect(accept(revoked.secret)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    test.now = new Date(test.now.getTime() + 7 * day);
    await expect(accept(late.secret)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await links.invites(test.admin, forward(10))).items).toEqual([]);
  });

  it('is stored without its secret, and can’t reset a password', async () => {
    const { secret, link } = await invite();
    expect(JSON.stringify(link)).not.toContain(secret);
    expect(await test.stores.accounts.findLink(link.secretHash, test.now)).toEqual(link);
    await expect(test.accounts.oneTimeLinks.choosePassword(secret, password, client)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a password reset link', () => {
  let test: TestAccounts;
  beforeEach(async () => {
    test = await openTestAccounts();
  });
  afterEach(() => test.close());

  const newPassword = 'another horse, another battery';

  it('sets the password, revokes all sessions, and signs in', async () => {
    const { accounts, admin } = test;
    const member = await test.signUp('MEMBER', 'ada');
    const { secret } = await accounts.oneTimeLinks.resetPassword(admin, member.user.id, password, client);
    expect(await accounts.oneTimeLinks.preview(secret)).toMatchObject({
      kind: 'PASSWORD_RESET',
      username: 'ada',
    });
    expect(await accounts.verifySessionToken(member.token)).not.toBeNull();
    const { token } = await accounts.oneTimeLinks.choosePassword(secret, newPassword, client);
    expect(await accounts.verifySessionToken(member.token)).toBeNull();
    expect(await accounts.verifySessionToken(token)).not.toBeNull();
    await expect(accounts.signIn('ada', newPassword, client)).resolves.toBeDefined();
    await expect(accounts.oneTimeLinks.choosePassword(secret, newPassword, client)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is invalid after a newer one, after a password change, and after a day', async () => {
    const { accounts, admin } = test;
    const member = await test.signUp('MEMBER');
    const reset = () => accounts.oneTimeLinks.resetPassword(admin, member.user.id, password, client);
    const first = await reset();
    const second = await reset();
    expect(await accounts.oneTimeLinks.preview(first.secret)).toBeNull();
    await accounts.changePassword(member, password, newPassword, client);
    expect(await accounts.oneTimeLinks.preview(second.secret)).toBeNull();
    const third = await reset();
    test.now = new Date(test.now.getTime() + day);
    expect(await accounts.oneTimeLinks.preview(third.secret)).toBeNull();
  });

  it('does not work for a disabled user', async () => {
    const { accounts, admin } = test;
    const member = await test.signUp('MEMBER');
    const { secret } = await accounts.oneTimeLinks.resetPassword(admin, member.user.id, password, client);
    await accounts.users.disable(admin, member.user.id);
    await expect(accounts.oneTimeLinks.choosePassword(secret, newPassword, client)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
