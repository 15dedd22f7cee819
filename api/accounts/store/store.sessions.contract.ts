import { at, forward, newId } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { insertSession, insertUser } from './store.testing.ts';

/** Tests of sessions. Part of `describeAccountStore`. */
export function describeSessions(opened: () => Stores): void {
  it('records the time and address of a session’s last use', async () => {
    const stores = opened();
    const session = await insertSession(stores, (await insertUser(stores)).id);
    await stores.accounts.setLastSeen(session.id, at(7), '192.0.2.7');
    const seen = { ...session, lastSeenAt: at(7), address: '192.0.2.7' };
    expect(await stores.accounts.findSession(session.id, at(8))).toEqual(seen);
  });

  it("lists a user's unexpired sessions, newest first", async () => {
    const stores = opened();
    const [user, other] = [await insertUser(stores), await insertUser(stores)];
    const [older, newer] = [newId(), newId()].sort();
    const second = await insertSession(stores, user.id, { id: newer });
    await insertSession(stores, user.id, { expiresAt: at(1) });
    const first = await insertSession(stores, user.id, { id: older });
    await insertSession(stores, other.id);
    const page = await stores.accounts.pageOfSessions(user.id, forward(5), at(2));
    expect(page).toEqual({ items: [second, first], hasNextPage: false, hasPreviousPage: false });
    const next = await stores.accounts.pageOfSessions(user.id, forward(5, second), at(2));
    expect(next).toEqual({ items: [first], hasNextPage: false, hasPreviousPage: true });
  });

  it('returns a session unchanged until it expires', async () => {
    const stores = opened();
    const session = await insertSession(stores, (await insertUser(stores)).id, { userAgent: 'Firefox' });
    expect(await stores.accounts.findSession(session.id, at(999))).toEqual(session);
    expect(await stores.accounts.findSession(session.id, at(1000))).toBeNull();
    expect(await stores.accounts.findSession(newId(), at(0))).toBeNull();
  });

  it('deletes one session', async () => {
    const stores = opened();
    const user = await insertUser(stores);
    const [session, other] = [await insertSession(stores, user.id), await insertSession(stores, user.id)];
    await stores.accounts.deleteSession(session.id);
    await stores.accounts.deleteSession(session.id);
    expect(await stores.accounts.findSession(session.id, at(0))).toBeNull();
    expect(await stores.accounts.findSession(other.id, at(0))).toEqual(other);
  });

  it('deletes all sessions of a user but one, and returns their ids', async () => {
    const stores = opened();
    const [user, other] = [await insertUser(stores), await insertUser(stores)];
    const [first, second, kept] = [
      await insertSession(stores, user.id),
      await insertSession(stores, user.id),
      await insertSession(stores, user.id),
    ];
    const foreign = await insertSession(stores, other.id);
    const ended = await stores.accounts.deleteSessionsOf(user.id, kept.id);
    expect([...ended].sort()).toEqual([first.id, second.id].sort());
    expect(await stores.accounts.findSession(first.id, at(0))).toBeNull();
    expect(await stores.accounts.findSession(kept.id, at(0))).toEqual(kept);
    expect(await stores.accounts.findSession(foreign.id, at(0))).toEqual(foreign);
  });

  it('returns when each user was last seen', async () => {
    const stores = opened();
    const [user, other, none] = [
      await insertUser(stores),
      await insertUser(stores),
      await insertUser(stores),
    ];
    const session = await insertSession(stores, user.id);
    await insertSession(stores, user.id);
    const foreign = await insertSession(stores, other.id);
    await stores.accounts.setLastSeen(session.id, at(70), null);
    expect(await stores.accounts.lastSeenOf([other.id, none.id, user.id])).toEqual([
      foreign.lastSeenAt,
      null,
      at(70),
    ]);
  });

  it('deletes all sessions of a user', async () => {
    const stores = opened();
    const user = await insertUser(stores);
    const session = await insertSession(stores, user.id);
    expect(await stores.accounts.deleteSessionsOf(user.id, null)).toEqual([session.id]);
    expect(await stores.accounts.deleteSessionsOf(user.id, null)).toEqual([]);
  });

  it('deletes all sessions of a user but those that were used last', async () => {
    const stores = opened();
    const [user, other] = [await insertUser(stores), await insertUser(stores)];
    const sessions = [];
    for (let used = 0; used < 5; used += 1) {
      const session = await insertSession(stores, user.id);
      // The first one is used last.
      await stores.accounts.setLastSeen(session.id, at(10 - used), null);
      sessions.push(session.id);
    }
    const foreign = await insertSession(stores, other.id);
    expect(await stores.accounts.deleteLeastUsedSessions(user.id, 5)).toEqual([]);
    const deleted = await stores.accounts.deleteLeastUsedSessions(user.id, 2);
    expect([...deleted].sort()).toEqual(sessions.slice(2).sort());
    for (const [index, id] of sessions.entries()) {
      expect((await stores.accounts.findSession(id, at(0))) !== null).toBe(index < 2);
    }
    expect(await stores.accounts.findSession(foreign.id, at(0))).toEqual(foreign);
  });

  it('deletes expired sessions and returns their number', async () => {
    const stores = opened();
    const user = await insertUser(stores);
    // Long ago, so that other rows of a shared database aren't counted.
    const [long, ago] = [new Date(1000), new Date(2000)];
    const expired = await insertSession(stores, user.id, { expiresAt: long });
    await insertSession(stores, user.id, { expiresAt: ago });
    const running = await insertSession(stores, user.id);
    expect(await stores.accounts.deleteExpiredSessions(ago)).toBe(2);
    expect(await stores.accounts.deleteExpiredSessions(ago)).toBe(0);
    expect(await stores.accounts.findSession(expired.id, new Date(0))).toBeNull();
    expect(await stores.accounts.findSession(running.id, at(0))).toEqual(running);
  });
}
