import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { notFound } from '../errors/failures.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { AccessRevocations, RevocationReason } from './accessRevocation.ts';
import type { Session } from './account.ts';
import type { AccountStore } from './store/store.ts';

/**
 * One's own sign-ins: where they are used, and the end of those that shouldn't be. What takes a viewer throws `FORBIDDEN`
 * where an API key asks.
 */
export interface Sessions {
  /** The newest first. */
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<Session>>;
  /** In the order of `ids`, null for those that are not there, or not the viewer's. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (Session | null)[]>;
  /** Ends one of the viewer's own, its sockets with it. Throws `NOT_FOUND`. */
  revoke(viewer: Viewer, sessionId: string): Promise<void>;
  /** Ends all of the viewer's but the one that asks. Returns how many. */
  revokeOthers(viewer: Viewer): Promise<number>;
  /**
   * Closes what the user has opened, by sessions, tokens and API keys, on all replicas: for good, or, with `changed`, to be
   * opened anew by who still may, with what the user may now.
   */
  closeConnectionsOf(userId: string, end?: RevocationReason): Promise<void>;
  /** Ends every session of a user but `exceptId`, on all replicas. Returns how many. */
  revokeAllOf(userId: string, exceptId?: string | null): Promise<number>;
}

export interface SessionsDeps {
  readonly store: AccountStore;
  readonly revocations: AccessRevocations;
  readonly clock: () => Date;
}

export const createSessions = ({ store, revocations, clock }: SessionsDeps): Sessions => {
  const revokeAllOf = async (userId: string, exceptId: string | null = null): Promise<number> => {
    const ended = await store.deleteSessionsOf(userId, exceptId);
    await Promise.all(ended.map((sessionId) => revocations.publish(sessionId)));
    return ended.length;
  };

  return {
    async page(viewer, page) {
      demand(viewer, 'manageAccount');
      return store.pageOfSessions(viewer.user.id, page, clock());
    },
    findMany: (viewer, ids) =>
      Promise.all(
        ids.map(async (id) => {
          const session = may(viewer, 'manageAccount') ? await store.findSession(id, clock()) : null;
          return session?.userId === viewer.user.id ? session : null;
        }),
      ),
    async revoke(viewer, sessionId) {
      demand(viewer, 'manageAccount');
      const session = await store.findSession(sessionId, clock());
      if (session?.userId !== viewer.user.id) throw notFound('session');
      await store.deleteSession(sessionId);
      await revocations.publish(sessionId);
    },
    async revokeOthers(viewer) {
      demand(viewer, 'manageAccount');
      return revokeAllOf(viewer.user.id, viewer.sessionId);
    },
    closeConnectionsOf: (userId, end) => revocations.publish(userId, end),
    revokeAllOf,
  };
};
