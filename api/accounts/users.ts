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

/** The maximum age of a sign-in that confirms a deletion where there is no password to ask for, in milliseconds. */
const maxSignInAgeMs = 10 * 60_000;

/**
 * The users of the service, for its administrators. All throw `FORBIDDEN` where the viewer may not, `NOT_FOUND` where
 * there is no such user, and `CONFLICT` where no active administrator would be left.
 */
export interface Users {
  /** By name; with `search`, those whose name has it. */
  page(viewer: Viewer, page: PageRequest<string>, search: string | null): Promise<Page<User>>;
  /** In the order of `ids`, null for those that are not there, or that the viewer may not see. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (User | null)[]>;
  /** Throws `FORBIDDEN` for an API key. */
  create(viewer: Viewer, input: NewUser): Promise<User>;
  /**
   * Cancels the running answers of a user who becomes a viewer. Throws `FORBIDDEN` where an API key would make an
   * administrator.
   */
  setRole(viewer: Viewer, userId: string, role: Role): Promise<User>;
  /** Ends the user's sessions and running answers at once, on all replicas; nothing that the user has is lost. */
  disable(viewer: Viewer, userId: string): Promise<User>;
  /** Throws `FORBIDDEN` for an API key. */
  enable(viewer: Viewer, userId: string): Promise<User>;
  /** With all that the user has. */
  delete(viewer: Viewer, userId: string): Promise<void>;
  /**
   * Deletes the viewer, with all that she has. Wants the password; of who has none here, a sign-in of the last ten
   * minutes. Throws `BAD_USER_INPUT`, `RATE_LIMITED`, `FORBIDDEN`.
   */
  deleteSelf(viewer: Viewer, password: string | null, client: Client): Promise<void>;
  /** Goes on with what a crash left half deleted. Returns how many users. */
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
  /** Deletes all that the user has outside of this room. */
  readonly deleteUserData: (userId: string) => Promise<void>;
  /** Cancels every answer of the user that waits or runs. */
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

  /** The change itself stands: a failure here must not look as if the user were still let in. */
  const cancelAnswers = async (userId: string): Promise<void> => {
    try {
      await deps.cancelUserGenerations(userId);
    } catch (error) {
      log.warn({ user: userId, err: error }, 'accounts: running answers could not be cancelled');
    }
  };

  /** The order matters: nobody gets in any more, then all is deleted, and the user last, by whom the rest is found. */
  const erase = async (userId: string): Promise<void> => {
    await sessions.revokeAllOf(userId);
    await sessions.closeConnectionsOf(userId);
    await deps.deleteUserData(userId);
    await store.deleteUser(userId);
    // Whoever was let in a moment before may have written something yet.
    await deps.deleteUserData(userId);
  };

  const remove = async (userId: string): Promise<void> => {
    await update(userId, { status: 'DELETING' });
    await erase(userId);
    log.info({ user: userId }, 'a user was deleted, with all that it had');
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
      if (!roleMay(role, 'generate')) await cancelAnswers(userId);
      return user;
    },

    async disable(viewer, userId) {
      demand(viewer, 'manageUsers');
      const user = await update(userId, { status: 'DISABLED' });
      await sessions.revokeAllOf(userId);
      await sessions.closeConnectionsOf(userId);
      await cancelAnswers(userId);
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
      const left = await store.usersBeingDeleted();
      for (const { id } of left) await erase(id);
      return left.length;
    },
  };
};

export const usernameTaken = (username: string) =>
  badInput('username', `The name ${username} is taken. Choose another one.`);

const lastAdmin = () =>
  new Failure(
    'CONFLICT',
    'This is the last active administrator. Make somebody else an administrator first.',
  );
