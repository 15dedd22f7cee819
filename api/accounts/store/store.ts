import type { Identity, User, UserPatch } from '../../access/user.ts';
import type { Page, PageRequest, TimeKey } from '../../paging/pages.ts';
import type { OneTimeLink, Session } from '../account.ts';

export type Updated = 'UPDATED' | 'ABSENT' | 'LAST_ADMIN';

/**
 * Stores users, their sessions and their one-time links. It checks no permissions: the accounts service does.
 */
export interface AccountStore {
  /** Returns false and writes nothing if the name (regardless of case) or the identity is taken. */
  insertUser(user: User): Promise<boolean>;
  findUser(id: string): Promise<User | null>;
  /** Returns users in the order of `ids`; null for an unknown id. */
  findUsers(ids: readonly string[]): Promise<readonly (User | null)[]>;
  findUserByName(username: string): Promise<User | null>;
  findUserByIdentity(identity: Identity): Promise<User | null>;
  /** Returns a page of users by name; with `search`, of users whose name contains it, regardless of case. The key is the folded name. */
  pageOfUsers(page: PageRequest<string>, search: string | null): Promise<Page<User>>;
  /** Changes nothing if no active administrator would be left, also with simultaneous updates. */
  updateUser(id: string, patch: UserPatch): Promise<Updated>;
  setPasswordHash(userId: string, passwordHash: string): Promise<void>;
  /** Replaces the hash only if it is still `from`. */
  replacePasswordHash(userId: string, from: string, to: string): Promise<void>;
  /** Deletes the user with its sessions and links. */
  deleteUser(id: string): Promise<void>;
  /** Returns at most 100 users. */
  usersBeingDeleted(): Promise<readonly User[]>;
  countUsers(): Promise<number>;
  insertSession(session: Session): Promise<void>;
  /** Returns null if the session doesn't exist or has expired at `now`. */
  findSession(id: string, now: Date): Promise<Session | null>;
  /** Returns a page of the sessions that haven't expired at `now`, newest first. */
  pageOfSessions(userId: string, page: PageRequest<TimeKey>, now: Date): Promise<Page<Session>>;
  /** Returns when each user's stored sessions were last used, in the order of `userIds`; null for a user without any. */
  lastSeenOf(userIds: readonly string[]): Promise<readonly (Date | null)[]>;
  setLastSeen(sessionId: string, at: Date, address: string | null): Promise<void>;
  deleteSession(id: string): Promise<void>;
  /** Deletes every session of the user except `exceptId`. Returns the deleted ids. */
  deleteSessionsOf(userId: string, exceptId: string | null): Promise<readonly string[]>;
  /** Deletes the user's sessions except for the `keep` that were used last. Returns the deleted ids. */
  deleteLeastUsedSessions(userId: string, keep: number): Promise<readonly string[]>;
  /** Returns the number of deleted sessions. */
  deleteExpiredSessions(now: Date): Promise<number>;
  insertLink(link: OneTimeLink): Promise<void>;
  /** Returns null if the link doesn't exist or has expired at `now`. */
  findLink(secretHash: string, now: Date): Promise<OneTimeLink | null>;
  /** Deletes and returns the link. Of several simultaneous calls, one gets it. */
  consumeLink(secretHash: string, now: Date): Promise<OneTimeLink | null>;
  /** Returns null if the invite doesn't exist or has expired at `now`. */
  findInvite(id: string, now: Date): Promise<OneTimeLink | null>;
  /** Returns a page of the invites that haven't expired at `now`, newest first. */
  pageOfInvites(page: PageRequest<TimeKey>, now: Date): Promise<Page<OneTimeLink>>;
  /** Returns whether the invite existed. */
  deleteInvite(id: string): Promise<boolean>;
  deleteLinksOf(userId: string): Promise<void>;
  /** Returns the number of deleted links. */
  deleteExpiredLinks(now: Date): Promise<number>;
}
