import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { notFound } from '../errors/failures.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { AccessRevocations, RevocationReason } from './accessRevocation.ts';
import type { Session } from './account.ts';
import type { AccountStore } from './store/store.ts';

/** Lists and revokes sessions. Methods with a viewer throw `FORBIDDEN` for an API key. */
export interface Sessions {
  /** Returns a page of the viewer's sessions, newest first. */
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<Session>>;
  /** Returns sessions in the order of `ids`; null for one that doesn't exist or isn't the viewer's. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (Session | null)[]>;
  /** Revokes one of the viewer's sessions and closes its sockets. Throws `NOT_FOUND`. */
  revoke(viewer: Viewer, sessionId: string): Promise<void>;
  /** Revokes all of the viewer's other sessions. Returns their number. */
  revokeOthers(viewer: Viewer): Promise<number>;
  /**
   * Closes the user's sockets and streams on all replicas, whichever credential opened them. With `changed`, clients may
   * reconnect with the user's new permissions.
   */
  closeConnectionsOf(userId: string, end?: RevocationReason): Promise<void>;
  /** Revokes every session of a user except `exceptId`, on all replicas. Returns their number. */
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
