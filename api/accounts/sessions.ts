import { notFound } from '../failures.ts';
import { type Page, type PageRequest, pageSizeLimit } from '../pages.ts';
import type { Session } from './account.ts';
import type { SessionEnds } from './sessionEnds.ts';
import type { AccountStore } from './store.ts';
import type { Viewer } from './viewer.ts';

/** One's own sign-ins: where they are used, and the end of those that shouldn't be. */
export interface Sessions {
  /** The newest first. */
  page(viewer: Viewer, page: PageRequest<string>): Promise<Page<Session>>;
  /** In the order of `ids`, null for those that are not there, or not the viewer's. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (Session | null)[]>;
  /** Ends one of the viewer's own, its sockets with it. Throws `NOT_FOUND`. */
  revoke(viewer: Viewer, sessionId: string): Promise<void>;
  /** Ends all of the viewer's but the one that asks. Returns how many. */
  revokeOthers(viewer: Viewer): Promise<number>;
  /** Closes what the user's sessions have opened, on all replicas, so that it is opened anew with what the user may now. */
  reopenAllOf(userId: string): Promise<void>;
  /** Ends every session of a user but `exceptId`, on all replicas. Returns how many. */
  endAllOf(userId: string, exceptId?: string | null): Promise<number>;
}

export interface SessionsDeps {
  readonly store: AccountStore;
  readonly ends: SessionEnds;
  readonly clock: () => Date;
}

export const createSessions = ({ store, ends, clock }: SessionsDeps): Sessions => {
  const endAllOf = async (userId: string, exceptId: string | null = null): Promise<number> => {
    const ended = await store.deleteSessionsOf(userId, exceptId);
    await Promise.all(ended.map((sessionId) => ends.announce(sessionId)));
    return ended.length;
  };

  return {
    page: ({ user }, page) => store.pageOfSessions(user.id, page, clock()),
    findMany: ({ user }, ids) =>
      Promise.all(
        ids.map(async (id) => {
          const session = await store.findSession(id, clock());
          return session?.userId === user.id ? session : null;
        }),
      ),
    async revoke({ user }, sessionId) {
      const session = await store.findSession(sessionId, clock());
      if (session?.userId !== user.id) throw notFound('session');
      await store.deleteSession(sessionId);
      await ends.announce(sessionId);
    },
    revokeOthers: ({ user, sessionId }) => endAllOf(user.id, sessionId),
    async reopenAllOf(userId) {
      let after: string | null = null;
      do {
        const page: PageRequest<string> = { direction: 'forward', size: pageSizeLimit, after, before: null };
        const { items, hasNextPage } = await store.pageOfSessions(userId, page, clock());
        await Promise.all(items.map(({ id }) => ends.announce(id)));
        after = (hasNextPage && items.at(-1)?.id) || null;
      } while (after !== null);
    },
    endAllOf,
  };
};
