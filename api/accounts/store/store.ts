import type { Identity, User, UserPatch } from '../../access/user.ts';
import type { Page, PageRequest, TimeKey } from '../../paging/pages.ts';
import type { OneTimeLink, Session } from '../account.ts';

export type Updated = 'UPDATED' | 'ABSENT' | 'LAST_ADMIN';

/**
 * Users, their sessions and links. It is below the question of who asks: the accounts service decides that, and no
 * other room holds this store.
 */
export interface AccountStore {
  /** False, and nothing written, where the name (regardless of case) or the identity is taken. */
  insertUser(user: User): Promise<boolean>;
  findUser(id: string): Promise<User | null>;
  /** In the order of `ids`. */
  findUsers(ids: readonly string[]): Promise<readonly (User | null)[]>;
  findUserByName(username: string): Promise<User | null>;
  findUserByIdentity(identity: Identity): Promise<User | null>;
  /** By name; with `search`, those whose name has it somewhere, regardless of case. The key is the folded name. */
  pageOfUsers(page: PageRequest<string>, search: string | null): Promise<Page<User>>;
  /** Nothing is written where no active administrator would be left, however many ask for it at once. */
  updateUser(id: string, patch: UserPatch): Promise<Updated>;
  setPasswordHash(userId: string, passwordHash: string): Promise<void>;
  /** Only where it is still `from`. */
  replacePasswordHash(userId: string, from: string, to: string): Promise<void>;
  /** With the user's sessions and links. */
  deleteUser(id: string): Promise<void>;
  /** At most 100. */
  usersBeingDeleted(): Promise<readonly User[]>;
  countUsers(): Promise<number>;
  insertSession(session: Session): Promise<void>;
  /** Null where there is none, or it has expired at `now`. */
  findSession(id: string, now: Date): Promise<Session | null>;
  /** Those that have not expired at `now`, the newest first. */
  pageOfSessions(userId: string, page: PageRequest<TimeKey>, now: Date): Promise<Page<Session>>;
  setLastSeen(sessionId: string, at: Date, address: string | null): Promise<void>;
  deleteSession(id: string): Promise<void>;
  /** Ends every session of the user but `exceptId`. Returns the ids that ended. */
  deleteSessionsOf(userId: string, exceptId: string | null): Promise<readonly string[]>;
  /** Returns how many were deleted. */
  deleteExpiredSessions(now: Date): Promise<number>;
  insertLink(link: OneTimeLink): Promise<void>;
  /** Null where there is none, or it has expired at `now`. */
  findLink(secretHash: string, now: Date): Promise<OneTimeLink | null>;
  /** Deletes it and gives it back: of many who take it at once, one gets it. */
  consumeLink(secretHash: string, now: Date): Promise<OneTimeLink | null>;
  /** Null where there is no invite with this id, or it has expired at `now`. */
  findInvite(id: string, now: Date): Promise<OneTimeLink | null>;
  /** Those that have not expired at `now`, the newest first. */
  pageOfInvites(page: PageRequest<TimeKey>, now: Date): Promise<Page<OneTimeLink>>;
  /** True where there was one. */
  deleteInvite(id: string): Promise<boolean>;
  deleteLinksOf(userId: string): Promise<void>;
  /** Returns how many were deleted. */
  deleteExpiredLinks(now: Date): Promise<number>;
}
