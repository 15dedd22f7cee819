import type { Session, User } from './account.ts';

/**
 * Users and their sessions. It is below the question of who asks: the accounts service decides that, and no other
 * room holds this store.
 */
export interface AccountStore {
  /** False, and nothing written, where the name is taken (regardless of case). */
  insertUser(user: User): Promise<boolean>;
  findUser(id: string): Promise<User | null>;
  findUserByName(username: string): Promise<User | null>;
  setPasswordHash(userId: string, passwordHash: string): Promise<void>;
  countUsers(): Promise<number>;
  insertSession(session: Session): Promise<void>;
  /** Null where there is none, or it has expired at `now`. */
  findSession(id: string, now: Date): Promise<Session | null>;
  deleteSession(id: string): Promise<void>;
  /** Ends every session of the user but `exceptId`. Returns the ids that ended. */
  deleteSessionsOf(userId: string, exceptId: string | null): Promise<readonly string[]>;
  /** Returns how many were deleted. */
  deleteExpiredSessions(now: Date): Promise<number>;
}
