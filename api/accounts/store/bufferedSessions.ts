import { Failure } from '../../errors/failures.ts';
import type { Session } from '../account.ts';
import type { AccountStore } from './store.ts';

/** The most sessions that are kept in memory; a sign-in beyond is refused with `STORAGE_FULL`. */
const maxSessions = 10_000;

const isStorageFull = (error: unknown): boolean => error instanceof Failure && error.code === 'STORAGE_FULL';

/**
 * A store whose users can sign in while its disk is full: sessions that can't be written are kept in memory, until they
 * can be or the process ends. What a sign-in writes beside its session waits for a later one. For a service of one
 * process: others wouldn't know the sessions.
 */
export const withBufferedSessions = (store: AccountStore): AccountStore => {
  const unwritten = new Map<string, Session>();

  /** Writes what is in memory, as far as the disk takes it. */
  const writeAll = async (): Promise<void> => {
    for (const [id, session] of unwritten) {
      await store.insertSession(session);
      unwritten.delete(id);
    }
  };
  const unlessFull = async (write: () => Promise<unknown>): Promise<void> => {
    try {
      await write();
    } catch (error) {
      if (!isStorageFull(error)) throw error;
    }
  };
  const forget = (isGone: (session: Session) => boolean): string[] => {
    const gone = [...unwritten.values()].filter(isGone).map(({ id }) => id);
    for (const id of gone) unwritten.delete(id);
    return gone;
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
      else await unlessFull(() => store.setLastSeen(id, at, address));
    },
    async deleteSession(id) {
      if (!unwritten.delete(id)) await store.deleteSession(id);
    },
    async deleteSessionsOf(userId, exceptId) {
      const ended = forget((session) => session.userId === userId && session.id !== exceptId);
      return [...ended, ...(await store.deleteSessionsOf(userId, exceptId))];
    },
    async deleteExpiredSessions(now) {
      const ended = forget(({ expiresAt }) => expiresAt <= now).length;
      let deleted = 0;
      await unlessFull(async () => {
        deleted = await store.deleteExpiredSessions(now);
      });
      return ended + deleted;
    },
    replacePasswordHash: (userId, from, to) => unlessFull(() => store.replacePasswordHash(userId, from, to)),
    async deleteUser(id) {
      forget(({ userId }) => userId === id);
      await store.deleteUser(id);
    },
  };
};
