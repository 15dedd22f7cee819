import type { Logger } from 'pino';
import { checkNewPassword } from '../access/passwordStrength.ts';
import { demand, may, roleMay } from '../access/permissions.ts';
import type { Role, User, UserPatch } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput, Failure, notFound } from '../errors/failures.ts';
import type { Page, PageRequest } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import type { Authentication, Client } from './authentication.ts';
import type { Passwords } from './passwords.ts';
import type { Sessions } from './sessions.ts';
import type { AccountStore } from './store/store.ts';
import { checkUsername } from './usernames.ts';

/** The maximum age of the sign-in of a user without a password who deletes the account, in milliseconds. */
const maxSignInAgeMs = 10 * 60_000;

/**
 * Manages users, for administrators. Methods throw `FORBIDDEN` without the permission, `NOT_FOUND` for an unknown user,
 * and `CONFLICT` if no active administrator would be left.
 */
export interface Users {
  /** Returns a page of users by name; with `search`, of users whose name contains it. */
  page(viewer: Viewer, page: PageRequest<string>, search: string | null): Promise<Page<User>>;
  /** Returns users in the order of `ids`; null for one that doesn't exist or that the viewer may not see. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (User | null)[]>;
  /** Throws `FORBIDDEN` for an API key. */
  create(viewer: Viewer, input: NewUser): Promise<User>;
  /**
   * Sets the role. Cancels the running generations of a user who becomes a viewer. Throws `FORBIDDEN` if an API key
   * grants the administrator role.
   */
  setRole(viewer: Viewer, userId: string, role: Role): Promise<User>;
  /** Revokes the user's sessions and cancels running generations on all replicas. The user's data stays. */
  disable(viewer: Viewer, userId: string): Promise<User>;
  /** Throws `FORBIDDEN` for an API key. */
  enable(viewer: Viewer, userId: string): Promise<User>;
  /** Deletes the user with all of the user's data. Throws `CONFLICT` if some of it is under a legal hold. */
  delete(viewer: Viewer, userId: string): Promise<void>;
  /**
   * Deletes the viewer's account and data. Requires the password, or a sign-in of the last ten minutes if the viewer has
   * none. Throws `BAD_USER_INPUT`, `RATE_LIMITED`, `FORBIDDEN`, and `CONFLICT` if some data is under a legal hold.
   */
  deleteSelf(viewer: Viewer, password: string | null, client: Client): Promise<void>;
  /**
   * Completes deletions that a crash interrupted. Users whose data is under a legal hold are disabled instead. Returns the
   * number of deleted users.
   */
  finishDeletions(): Promise<number>;
}

export interface NewUser {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
}

export interface UsersDeps {
  readonly store: AccountStore;
  readonly sessions: Sessions;
  readonly authentication: Authentication;
  readonly passwords: Passwords;
  /** Deletes all data of the user outside of the account store. */
  readonly deleteUserData: (userId: string) => Promise<void>;
  /** Throws `CONFLICT` if data of the user is under a legal hold. */
  readonly checkUserDeletable: (userId: string) => Promise<void>;
  /** Cancels the user's queued and running generations. */
  readonly cancelUserGenerations: (userId: string) => Promise<void>;
  readonly clock: () => Date;
  readonly ids: Ids;
  readonly log: Logger;
}

export const createUsers = (deps: UsersDeps): Users => {
  const { store, sessions, clock, log } = deps;

  const update = async (userId: string, patch: UserPatch): Promise<User> => {
    const before = await store.findUser(userId);
    if (!before || before.status === 'DELETING') throw notFound('user');
    const updated = await store.updateUser(userId, patch);
    if (updated === 'ABSENT') throw notFound('user');
    if (updated === 'LAST_ADMIN') throw lastAdmin();
    return { ...before, ...patch };
  };

  /** Never rejects: a failure here must not suggest that the user still has access. */
  const cancelGenerations = async (userId: string): Promise<void> => {
    try {
      await deps.cancelUserGenerations(userId);
    } catch (error) {
      log.warn({ user: userId, err: error }, 'accounts: running generations not cancelled');
    }
  };

  /** The order matters: access is revoked first, and the user is deleted last because the data is found by its id. */
  const erase = async (userId: string): Promise<void> => {
    await sessions.revokeAllOf(userId);
    await sessions.closeConnectionsOf(userId);
    await deps.deleteUserData(userId);
    await store.deleteUser(userId);
    // A request that was authenticated before the revocation may have written since.
    await deps.deleteUserData(userId);
  };

  const isHeld = async (userId: string): Promise<boolean> => {
    try {
      await deps.checkUserDeletable(userId);
      return false;
    } catch (error) {
      if (error instanceof Failure && error.code === 'CONFLICT') return true;
      throw error;
    }
  };

  const remove = async (userId: string): Promise<void> => {
    const status = (await store.findUser(userId))?.status;
    await deps.checkUserDeletable(userId);
    await update(userId, { status: 'DELETING' });
    try {
      // Again: no hold can be placed on a user who is being deleted, but one may have been placed just before.
      await deps.checkUserDeletable(userId);
    } catch (error) {
      if (status) await store.updateUser(userId, { status });
      throw error;
    }
    await erase(userId);
    log.info({ user: userId }, 'accounts: user deleted with all data');
  };

  return {
    async page(viewer, page, search) {
      demand(viewer, 'manageUsers');
      return store.pageOfUsers(page, search);
    },

    async findMany(viewer, ids) {
      const { user } = viewer;
      const found = may(viewer, 'manageUsers') ? await store.findUsers(ids) : [];
      return ids.map((id, index) => (id === user.id ? user : (found[index] ?? null)));
    },

    async create(viewer, { username: typed, password, role }) {
      demand(viewer, 'grantAccess');
      const username = checkUsername('username', typed);
      checkNewPassword('password', password, [username]);
      const user: User = {
        id: deps.ids.next(),
        username,
        role,
        status: 'ACTIVE',
        passwordHash: await deps.passwords.hash(password),
        identity: null,
        createdAt: clock(),
      };
      if (!(await store.insertUser(user))) throw usernameTaken(username);
      return user;
    },

    async setRole(viewer, userId, role) {
      demand(viewer, role === 'ADMIN' ? 'grantAccess' : 'manageUsers');
      const user = await update(userId, { role });
      await sessions.closeConnectionsOf(userId, 'changed');
      if (!roleMay(role, 'generate')) await cancelGenerations(userId);
      return user;
    },

    async disable(viewer, userId) {
      demand(viewer, 'manageUsers');
      const user = await update(userId, { status: 'DISABLED' });
      await sessions.revokeAllOf(userId);
      await sessions.closeConnectionsOf(userId);
      await cancelGenerations(userId);
      return user;
    },

    async enable(viewer, userId) {
      demand(viewer, 'grantAccess');
      return update(userId, { status: 'ACTIVE' });
    },

    async delete(viewer, userId) {
      demand(viewer, 'manageUsers');
      await remove(userId);
    },

    async deleteSelf(viewer, password, client) {
      demand(viewer, 'manageAccount');
      await deps.authentication.reauthenticate(viewer, password, maxSignInAgeMs, client);
      await remove(viewer.user.id);
    },

    async finishDeletions() {
      let finished = 0;
      for (const { id } of await store.usersBeingDeleted()) {
        if (await isHeld(id)) {
          // A crash came before the second check of `remove`. Which status the user had isn't known: the safe one.
          await store.updateUser(id, { status: 'DISABLED' });
          log.warn({ user: id }, 'accounts: user under a legal hold not deleted, but disabled');
          continue;
        }
        await erase(id);
        finished += 1;
      }
      return finished;
    },
  };
};

export const usernameTaken = (username: string) =>
  badInput('username', `The user name ${username} is taken. Choose another one.`);

const lastAdmin = () =>
  new Failure('CONFLICT', 'This is the last active administrator. Make another user an administrator first.');
