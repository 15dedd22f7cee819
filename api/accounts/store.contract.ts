import { at, backward, forward, newId, type OpenStores } from '../stores.contract.ts';
import type { Stores } from '../stores.ts';
import { foldUsername, type Link, type Session, type User } from './account.ts';

const newUser = (given: Partial<User> = {}): User => ({
  id: newId(),
  username: `user-${newId()}`,
  role: 'MEMBER',
  status: 'ACTIVE',
  passwordHash: null,
  identity: null,
  createdAt: at(0),
  ...given,
});

const newSession = (userId: string, given: Partial<Session> = {}): Session => ({
  id: newId(),
  userId,
  createdAt: at(0),
  expiresAt: at(1000),
  lastSeenAt: at(0),
  userAgent: null,
  address: null,
  ...given,
});

const newInvite = (given: Partial<Link> = {}): Link => ({
  id: newId(),
  kind: 'INVITE',
  secretHash: newId(),
  role: 'MEMBER',
  userId: null,
  note: null,
  createdAt: at(0),
  expiresAt: at(1000),
  ...given,
});

export function describeAccountStore(open: OpenStores): void {
  describe('an account store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const insertUser = async (given: Partial<User> = {}) => {
      const user = newUser(given);
      expect(await stores.accounts.insertUser(user)).toBe(true);
      return user;
    };
    const insertSession = async (userId: string, given: Partial<Session> = {}) => {
      const session = newSession(userId, given);
      await stores.accounts.insertSession(session);
      return session;
    };

    it('gives back a user as it was written, by id and by name', async () => {
      const user = await insertUser({ role: 'ADMIN', passwordHash: '$argon2id$x' });
      expect(await stores.accounts.findUser(user.id)).toEqual(user);
      expect(await stores.accounts.findUserByName(user.username)).toEqual(user);
      const found = await stores.accounts.findUsers([newId(), user.id, user.id]);
      expect(found).toEqual([null, user, user]);
    });

    it('has null for a user that is not there', async () => {
      expect(await stores.accounts.findUser(newId())).toBeNull();
      expect(await stores.accounts.findUserByName(newId())).toBeNull();
    });

    it('takes a name once, however it is typed, and keeps it as it was typed first', async () => {
      const suffix = newId();
      const user = await insertUser({ username: `Éva-${suffix}` });
      const taker = newUser({ username: `éVA-${suffix.toLowerCase()}` });
      expect(await stores.accounts.insertUser(taker)).toBe(false);
      expect(await stores.accounts.findUser(taker.id)).toBeNull();
      expect(await stores.accounts.findUserByName(`ÉVA-${suffix}`)).toEqual(user);
      // The accent as a character of its own, as some keyboards send it.
      expect(await stores.accounts.findUserByName(`E\u0301va-${suffix}`)).toEqual(user);
    });

    it('gives a name to one of two who ask for it at once', async () => {
      const username = newId();
      const taken = await Promise.all([
        stores.accounts.insertUser(newUser({ username })),
        stores.accounts.insertUser(newUser({ username: username.toLowerCase() })),
      ]);
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('finds a user by who vouches for it, whose name there is its own alone', async () => {
      const identity = { issuer: 'https://id.example', subject: newId() };
      const user = await insertUser({ identity });
      const again = newUser({ identity });
      expect(await stores.accounts.insertUser(again)).toBe(false);
      expect(await stores.accounts.findUser(again.id)).toBeNull();
      expect(await stores.accounts.findUserByIdentity(identity)).toEqual(user);
      const elsewhere = { ...identity, issuer: 'https://other.example' };
      expect(await stores.accounts.findUserByIdentity(elsewhere)).toBeNull();
      const other = await insertUser({ identity: elsewhere });
      expect(await stores.accounts.findUserByIdentity(elsewhere)).toEqual(other);
    });

    it('gives an identity to one of two who ask for it at once', async () => {
      const identity = { issuer: 'https://id.example', subject: newId() };
      const made = await Promise.all([
        stores.accounts.insertUser(newUser({ identity })),
        stores.accounts.insertUser(newUser({ identity })),
      ]);
      expect(made.filter(Boolean)).toHaveLength(1);
    });

    it('lists users by name, both ways, and finds them by a part of it as it is typed', async () => {
      const part = `É.${newId()}`;
      const users: User[] = [];
      for (const at of ['c', 'a', 'b']) users.push(await insertUser({ username: `${at}-${part}` }));
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
      const [user, other] = [await insertUser(), await insertUser()];
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

    it('knows which users are being deleted', async () => {
      const user = await insertUser({ status: 'DELETING' });
      const ids = (await stores.accounts.usersBeingDeleted()).map(({ id }) => id);
      expect(ids).toContain(user.id);
      await stores.accounts.deleteUser(user.id);
    });

    it('deletes a user with its sessions and links', async () => {
      const [user, other] = [await insertUser(), await insertUser()];
      const [session, kept] = [await insertSession(user.id), await insertSession(other.id)];
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
      await insertUser();
      expect(await stores.accounts.countUsers()).toBe(before + 1);
    });

    it('changes the password of one user', async () => {
      const [user, other] = [await insertUser(), await insertUser({ passwordHash: 'old' })];
      await stores.accounts.setPasswordHash(user.id, 'new');
      expect(await stores.accounts.findUser(user.id)).toEqual({ ...user, passwordHash: 'new' });
      expect(await stores.accounts.findUser(other.id)).toEqual(other);
    });

    it('replaces a password that is still the one it was', async () => {
      const user = await insertUser({ passwordHash: 'old' });
      await stores.accounts.replacePasswordHash(user.id, 'other', 'wrong');
      await stores.accounts.replacePasswordHash(user.id, 'old', 'new');
      expect((await stores.accounts.findUser(user.id))?.passwordHash).toBe('new');
    });

    it('notes when and where a session was used', async () => {
      const session = await insertSession((await insertUser()).id);
      await stores.accounts.setLastSeen(session.id, at(7), '192.0.2.7');
      const seen = { ...session, lastSeenAt: at(7), address: '192.0.2.7' };
      expect(await stores.accounts.findSession(session.id, at(8))).toEqual(seen);
    });

    it("lists a user's sessions, the newest first, without those that have expired", async () => {
      const [user, other] = [await insertUser(), await insertUser()];
      const [older, newer] = [newId(), newId()].sort();
      const second = await insertSession(user.id, { id: newer });
      await insertSession(user.id, { expiresAt: at(1) });
      const first = await insertSession(user.id, { id: older });
      await insertSession(other.id);
      const page = await stores.accounts.pageOfSessions(user.id, forward(5), at(2));
      expect(page).toEqual({ items: [second, first], hasNextPage: false, hasPreviousPage: false });
      const next = await stores.accounts.pageOfSessions(user.id, forward(5, second.id), at(2));
      expect(next).toEqual({ items: [first], hasNextPage: false, hasPreviousPage: true });
    });

    it('gives a link to one of many who take it at once, until it expires', async () => {
      const link = newInvite({ note: 'for Ann' });
      await stores.accounts.insertLink(link);
      expect(await stores.accounts.findLink(link.secretHash, at(999))).toEqual(link);
      expect(await stores.accounts.findLink(link.secretHash, at(1000))).toBeNull();
      expect(await stores.accounts.takeLink(link.secretHash, at(1000))).toBeNull();
      const take = () => stores.accounts.takeLink(link.secretHash, at(0));
      const taken = await Promise.all([take(), take(), take()]);
      expect(taken.filter((each) => each !== null)).toEqual([link]);
      expect(await stores.accounts.findLink(link.secretHash, at(0))).toBeNull();
    });

    it('lists invites, and takes them back', async () => {
      const user = await insertUser();
      const [invite, reset] = [newInvite(), newInvite({ kind: 'PASSWORD_RESET', userId: user.id })];
      await stores.accounts.insertLink(invite);
      await stores.accounts.insertLink(reset);
      const { items } = await stores.accounts.pageOfInvites(forward(100), at(0));
      expect(items).toContainEqual(invite);
      expect(items).not.toContainEqual(reset);
      expect(await stores.accounts.findInvite(invite.id, at(999))).toEqual(invite);
      expect(await stores.accounts.findInvite(invite.id, at(1000))).toBeNull();
      expect(await stores.accounts.findInvite(reset.id, at(0))).toBeNull();
      expect(await stores.accounts.deleteInvite(reset.id)).toBe(false);
      expect(await stores.accounts.deleteInvite(invite.id)).toBe(true);
      expect(await stores.accounts.deleteInvite(invite.id)).toBe(false);
      await stores.accounts.deleteLinksOf(user.id);
      expect(await stores.accounts.findLink(reset.secretHash, at(0))).toBeNull();
    });

    it('deletes the links that have expired, and counts them', async () => {
      await stores.accounts.insertLink(newInvite({ expiresAt: new Date(1000) }));
      expect(await stores.accounts.deleteExpiredLinks(new Date(1000))).toBe(1);
      expect(await stores.accounts.deleteExpiredLinks(new Date(1000))).toBe(0);
    });

    it('gives back a session as it was written, until the moment it expires', async () => {
      const session = await insertSession((await insertUser()).id, { userAgent: 'Firefox' });
      expect(await stores.accounts.findSession(session.id, at(999))).toEqual(session);
      expect(await stores.accounts.findSession(session.id, at(1000))).toBeNull();
      expect(await stores.accounts.findSession(newId(), at(0))).toBeNull();
    });

    it('ends one session', async () => {
      const user = await insertUser();
      const [session, other] = [await insertSession(user.id), await insertSession(user.id)];
      await stores.accounts.deleteSession(session.id);
      await stores.accounts.deleteSession(session.id);
      expect(await stores.accounts.findSession(session.id, at(0))).toBeNull();
      expect(await stores.accounts.findSession(other.id, at(0))).toEqual(other);
    });

    it('ends the sessions of a user but one, and says which', async () => {
      const [user, other] = [await insertUser(), await insertUser()];
      const [first, second, kept] = [
        await insertSession(user.id),
        await insertSession(user.id),
        await insertSession(user.id),
      ];
      const foreign = await insertSession(other.id);
      const ended = await stores.accounts.deleteSessionsOf(user.id, kept.id);
      expect([...ended].sort()).toEqual([first.id, second.id].sort());
      expect(await stores.accounts.findSession(first.id, at(0))).toBeNull();
      expect(await stores.accounts.findSession(kept.id, at(0))).toEqual(kept);
      expect(await stores.accounts.findSession(foreign.id, at(0))).toEqual(foreign);
    });

    it('ends all sessions of a user', async () => {
      const user = await insertUser();
      const session = await insertSession(user.id);
      expect(await stores.accounts.deleteSessionsOf(user.id, null)).toEqual([session.id]);
      expect(await stores.accounts.deleteSessionsOf(user.id, null)).toEqual([]);
    });

    it('deletes the sessions that have expired, and counts them', async () => {
      const user = await insertUser();
      // Long ago, so that no other row of a shared database is among them.
      const [long, ago] = [new Date(1000), new Date(2000)];
      const expired = await insertSession(user.id, { expiresAt: long });
      await insertSession(user.id, { expiresAt: ago });
      const running = await insertSession(user.id);
      expect(await stores.accounts.deleteExpiredSessions(ago)).toBe(2);
      expect(await stores.accounts.deleteExpiredSessions(ago)).toBe(0);
      expect(await stores.accounts.findSession(expired.id, new Date(0))).toBeNull();
      expect(await stores.accounts.findSession(running.id, at(0))).toEqual(running);
    });
  });
}
