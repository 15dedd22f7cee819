import { Failure } from '../../errors/failures.ts';
import type { Session } from '../account.ts';
import type { AccountStore } from './store.ts';

/** Maximum sessions in memory; beyond it a sign-in is rejected with `STORAGE_FULL`. */
const maxSessions = 10_000;

const isStorageFull = (error: unknown): boolean => error instanceof Failure && error.code === 'STORAGE_FULL';

/**
 * Lets users sign in while the disk is full: sessions that can't be written stay in memory until they can be written or
 * the process ends. Other writes of a sign-in are skipped until a later one. Only for a single process: other processes
 * wouldn't know these sessions.
 */
export const withBufferedSessions = (store: AccountStore): AccountStore => {
  const unwritten = new Map<string, Session>();

  /** Writes the buffered sessions. Throws `STORAGE_FULL` while the disk is full. */
  const writeAll = async (): Promise<void> => {
    for (const [id, session] of unwritten) {
      await store.insertSession(session);
      unwritten.delete(id);
    }
  };
  const ignoreStorageFull = async (write: () => Promise<unknown>): Promise<void> => {
    try {
      await write();
    } catch (error) {
      if (!isStorageFull(error)) throw error;
    }
  };
  const discard = (matches: (session: Session) => boolean): string[] => {
    const discarded = [...unwritten.values()].filter(matches).map(({ id }) => id);
    for (const id of discarded) unwritten.delete(id);
    return discarded;
  };

  return {
    ...store,
    async insertSession(session) {
      try {
        await writeAll();
        await store.insertSession(session);
      } catch (error) {
        if (!isStorageFull(error) || unwritten.size >= maxSessions) throw error;
        unwritten.set(session.id, session);
      }
    },
    async findSession(id, now) {
      const session = unwritten.get(id);
      if (session) return session.expiresAt > now ? session : null;
      return store.findSession(id, now);
    },
    async setLastSeen(id, at, address) {
      const session = unwritten.get(id);
      if (session) unwritten.set(id, { ...session, lastSeenAt: at, address });
      else await ignoreStorageFull(() => store.setLastSeen(id, at, address));
    },
    async deleteSession(id) {
      if (!unwritten.delete(id)) await store.deleteSession(id);
    },
    async deleteSessionsOf(userId, exceptId) {
      const discarded = discard((session) => session.userId === userId && session.id !== exceptId);
      return [...discarded, ...(await store.deleteSessionsOf(userId, exceptId))];
    },
    async deleteLeastUsedSessions(userId, keep) {
      const own = [...unwritten.values()].filter((session) => session.userId === userId);
      const byUse = own.sort((one, other) => other.lastSeenAt.getTime() - one.lastSeenAt.getTime());
      const surplus = new Set(byUse.slice(keep));
      const discarded = discard((session) => surplus.has(session));
      const deleted: string[] = [];
      await ignoreStorageFull(async () => {
        deleted.push(...(await store.deleteLeastUsedSessions(userId, keep)));
      });
      return [...discarded, ...deleted];
    },
    async deleteExpiredSessions(now) {
      const discarded = discard(({ expiresAt }) => expiresAt <= now).length;
      let deleted = 0;
      await ignoreStorageFull(async () => {
        deleted = await store.deleteExpiredSessions(now);
      });
      return discarded + deleted;
    },
    replacePasswordHash: (userId, from, to) =>
      ignoreStorageFull(() => store.replacePasswordHash(userId, from, to)),
    async deleteUser(id) {
      discard(({ userId }) => userId === id);
      await store.deleteUser(id);
    },
  };
};
