import { at, newId, type OpenStores } from '../stores.contract.ts';
import type { Stores } from '../stores.ts';
import type { Session, User } from './account.ts';

const newUser = (given: Partial<User> = {}): User => ({
  id: newId(),
  username: `user-${newId()}`,
  role: 'MEMBER',
  passwordHash: null,
  createdAt: at(0),
  ...given,
});

const newSession = (userId: string, given: Partial<Session> = {}): Session => ({
  id: newId(),
  userId,
  createdAt: at(0),
  expiresAt: at(1000),
  userAgent: null,
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
