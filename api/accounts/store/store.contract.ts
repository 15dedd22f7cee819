import { foldUsername, type User } from '../../access/user.ts';
import { at, backward, forward, newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { describeLinks } from './store.links.contract.ts';
import { describeSessions } from './store.sessions.contract.ts';
import { insertSession, insertUser, newInvite, newUser } from './store.testing.ts';

export function describeAccountStore(open: OpenStores): void {
  describe('an account store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    describeSessions(() => stores);
    describeLinks(() => stores);

    it('returns a user unchanged, by id and by name', async () => {
      const user = await insertUser(stores, { role: 'ADMIN', passwordHash: '$argon2id$x' });
      expect(await stores.accounts.findUser(user.id)).toEqual(user);
      expect(await stores.accounts.findUserByName(user.username)).toEqual(user);
      const found = await stores.accounts.findUsers([newId(), user.id, user.id]);
      expect(found).toEqual([null, user, user]);
    });

    it('returns null for an unknown user', async () => {
      expect(await stores.accounts.findUser(newId())).toBeNull();
      expect(await stores.accounts.findUserByName(newId())).toBeNull();
    });

    it('stores a name once regardless of case and accents, as it was first typed', async () => {
      const suffix = newId();
      const user = await insertUser(stores, { username: `Éva-${suffix}` });
      const taker = newUser({ username: `éVA-${suffix.toLowerCase()}` });
      expect(await stores.accounts.insertUser(taker)).toBe(false);
      expect(await stores.accounts.findUser(taker.id)).toBeNull();
      expect(await stores.accounts.findUserByName(`ÉVA-${suffix}`)).toEqual(user);
      // The accent as a separate character, as some keyboards send it.
      expect(await stores.accounts.findUserByName(`E\u0301va-${suffix}`)).toEqual(user);
    });

    it('gives a name to one of two simultaneous inserts', async () => {
      const username = newId();
      const taken = await Promise.all([
        stores.accounts.insertUser(newUser({ username })),
        stores.accounts.insertUser(newUser({ username: username.toLowerCase() })),
      ]);
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('finds a user by its identity, which is unique per issuer', async () => {
      const identity = { issuer: 'https://id.example', subject: newId() };
      const user = await insertUser(stores, { identity });
      const again = newUser({ identity });
      expect(await stores.accounts.insertUser(again)).toBe(false);
      expect(await stores.accounts.findUser(again.id)).toBeNull();
      expect(await stores.accounts.findUserByIdentity(identity)).toEqual(user);
      const elsewhere = { ...identity, issuer: 'https://other.example' };
      expect(await stores.accounts.findUserByIdentity(elsewhere)).toBeNull();
      const other = await insertUser(stores, { identity: elsewhere });
      expect(await stores.accounts.findUserByIdentity(elsewhere)).toEqual(other);
    });

    it('gives an identity to one of two simultaneous inserts', async () => {
      const identity = { issuer: 'https://id.example', subject: newId() };
      const made = await Promise.all([
        stores.accounts.insertUser(newUser({ identity })),
        stores.accounts.insertUser(newUser({ identity })),
      ]);
      expect(made.filter(Boolean)).toHaveLength(1);
    });

    it('lists users by name in both directions, and finds them by a literal part of it', async () => {
      const part = `É.${newId()}`;
      const users: User[] = [];
      for (const at of ['c', 'a', 'b']) users.push(await insertUser(stores, { username: `${at}-${part}` }));
      const [c, a, b] = users;
      const find = (page: Parameters<typeof stores.accounts.pageOfUsers>[0], search = part.toLowerCase()) =>
        stores.accounts.pageOfUsers(page, search);
      expect(await find(forward(2))).toEqual({ items: [a, b], hasNextPage: true, hasPreviousPage: false });
      const key = b ? foldUsername(b.username) : '';
      expect(await find(forward(2, key))).toEqual({ items: [c], hasNextPage: false, hasPreviousPage: true });
      expect(await find(backward(2))).toEqual({ items: [b, c], hasNextPage: false, hasPreviousPage: true });
      expect((await find(forward(2), part.replace('.', 'x'))).items).toEqual([]);
      expect((await stores.accounts.pageOfUsers(forward(1), null)).items).toHaveLength(1);
    });

    it('changes the role and the status of one user', async () => {
      const [user, other] = [await insertUser(stores), await insertUser(stores)];
      expect(await stores.accounts.updateUser(user.id, { role: 'VIEWER' })).toBe('UPDATED');
      expect(await stores.accounts.updateUser(user.id, { status: 'DISABLED' })).toBe('UPDATED');
      expect(await stores.accounts.findUser(user.id)).toEqual({
        ...user,
        role: 'VIEWER',
        status: 'DISABLED',
      });
      expect(await stores.accounts.findUser(other.id)).toEqual(other);
      expect(await stores.accounts.updateUser(newId(), { role: 'ADMIN' })).toBe('ABSENT');
    });

    it('returns the users that are being deleted', async () => {
      const user = await insertUser(stores, { status: 'DELETING' });
      const ids = (await stores.accounts.usersBeingDeleted()).map(({ id }) => id);
      expect(ids).toContain(user.id);
      await stores.accounts.deleteUser(user.id);
    });

    it('deletes a user with its sessions and links', async () => {
      const [user, other] = [await insertUser(stores), await insertUser(stores)];
      const [session, kept] = [await insertSession(stores, user.id), await insertSession(stores, other.id)];
      const link = newInvite({ kind: 'PASSWORD_RESET', userId: user.id });
      await stores.accounts.insertLink(link);
      await stores.accounts.deleteUser(user.id);
      expect(await stores.accounts.findUser(user.id)).toBeNull();
      expect(await stores.accounts.findSession(session.id, at(0))).toBeNull();
      expect(await stores.accounts.findLink(link.secretHash, at(0))).toBeNull();
      expect(await stores.accounts.findSession(kept.id, at(0))).toEqual(kept);
      expect(await stores.accounts.findUser(other.id)).toEqual(other);
    });

    it('counts users', async () => {
      const before = await stores.accounts.countUsers();
      await insertUser(stores);
      expect(await stores.accounts.countUsers()).toBe(before + 1);
    });

    it('changes the password of one user', async () => {
      const [user, other] = [await insertUser(stores), await insertUser(stores, { passwordHash: 'old' })];
      await stores.accounts.setPasswordHash(user.id, 'new');
      expect(await stores.accounts.findUser(user.id)).toEqual({ ...user, passwordHash: 'new' });
      expect(await stores.accounts.findUser(other.id)).toEqual(other);
    });

    it('replaces a password hash only if it hasn’t changed', async () => {
      const user = await insertUser(stores, { passwordHash: 'old' });
      await stores.accounts.replacePasswordHash(user.id, 'other', 'wrong');
      await stores.accounts.replacePasswordHash(user.id, 'old', 'new');
      expect((await stores.accounts.findUser(user.id))?.passwordHash).toBe('new');
    });
  });
}
