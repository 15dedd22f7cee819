import { demand, may } from '../access/permissions.ts';
import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput, Failure, notFound } from '../errors/failures.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import { covers, holdLimits, type LegalHold, underHold } from './hold.ts';
import type { HoldStore } from './store.ts';

export interface NewHold {
  readonly userId: string;
  /** Null: all data of the user. */
  readonly conversationId: string | null;
  readonly reason: string;
}

/** Legal holds, for administrators. Methods with a viewer throw `FORBIDDEN` without the permission. */
export interface Holds {
  /**
   * Places a hold on a user's data or on one conversation. Throws `NOT_FOUND` for an unknown user or conversation,
   * `BAD_USER_INPUT` for the reason, and `CONFLICT` for too many holds.
   */
  place(viewer: Viewer, input: NewHold): Promise<LegalHold>;
  /** Releases a hold, and returns it. Throws `NOT_FOUND`. */
  release(viewer: Viewer, id: string): Promise<LegalHold>;
  /** Returns a page of all holds, newest first. */
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<LegalHold>>;
  /** Returns holds in the order of `ids`; null for one that doesn't exist or that the viewer may not see. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (LegalHold | null)[]>;
}

/** The checks before data is deleted, by anyone and for any reason. */
export interface HoldChecks {
  /** Whether a hold covers the conversation; null: data of the user outside of conversations. */
  isHeld(ownerId: string, conversationId: string | null): Promise<boolean>;
  /** Throws `CONFLICT` if a hold covers the conversation; null: data of the user outside of conversations. */
  checkDeletable(ownerId: string, conversationId: string | null): Promise<void>;
  /** Throws `CONFLICT` if there is any hold on data of the user. */
  checkUserDeletable(userId: string): Promise<void>;
}

export interface HoldsDeps {
  readonly store: HoldStore;
  readonly findUser: (id: string) => Promise<User | null>;
  readonly hasConversation: (ownerId: string, id: string) => Promise<boolean>;
  readonly ids: Ids;
  readonly clock: () => Date;
}

export const createHoldChecks = (store: Pick<HoldStore, 'ofOwner'>): HoldChecks => {
  const isHeld: HoldChecks['isHeld'] = async (ownerId, conversationId) =>
    (await store.ofOwner(ownerId)).some((hold) => covers(hold, conversationId));
  return {
    isHeld,
    async checkDeletable(ownerId, conversationId) {
      if (await isHeld(ownerId, conversationId)) throw underHold();
    },
    async checkUserDeletable(userId) {
      if ((await store.ofOwner(userId)).length > 0) {
        throw new Failure(
          'CONFLICT',
          'Data of this account is under a legal hold, so the account can’t be deleted. An administrator has to release all holds first.',
        );
      }
    },
  };
};

export const createHolds = ({ store, findUser, hasConversation, ids, clock }: HoldsDeps): Holds => {
  const findTarget = async ({ userId, conversationId }: NewHold): Promise<void> => {
    const user = await findUser(userId);
    if (!user || user.status === 'DELETING') throw notFound('user');
    if (conversationId !== null && !(await hasConversation(userId, conversationId)))
      throw notFound('conversation');
  };

  return {
    async place(viewer, input) {
      demand(viewer, 'manageLegalHolds');
      const reason = input.reason.trim();
      if (reason === '' || reason.length > holdLimits.reason) {
        throw badInput(
          'reason',
          `reason must have 1 to ${holdLimits.reason} characters; it has ${reason.length}.`,
        );
      }
      await findTarget(input);
      const hold: LegalHold = {
        id: ids.next(),
        ownerId: input.userId,
        conversationId: input.conversationId,
        reason,
        placedBy: viewer.user.username,
        createdAt: clock(),
      };
      if (!(await store.insert(hold, holdLimits.perUser))) {
        throw new Failure(
          'CONFLICT',
          `There are ${holdLimits.perUser} holds on this user's data already. Release one, or hold all data of the user.`,
        );
      }
      try {
        // A deletion that began before the hold was stored doesn't see it.
        await findTarget(input);
      } catch (error) {
        await store.delete(hold.id);
        throw error;
      }
      return hold;
    },

    async release(viewer, id) {
      demand(viewer, 'manageLegalHolds');
      const hold = await store.find(id);
      if (!hold || !(await store.delete(id))) throw notFound('legal hold');
      return hold;
    },

    async page(viewer, page) {
      demand(viewer, 'manageLegalHolds');
      return store.page(page);
    },

    findMany: (viewer, holdIds) =>
      Promise.all(holdIds.map((id) => (may(viewer, 'manageLegalHolds') ? store.find(id) : null))),
  };
};
