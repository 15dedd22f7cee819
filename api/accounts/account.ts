export type Role = 'ADMIN' | 'MEMBER' | 'VIEWER';

export interface User {
  /** ULID. */
  readonly id: string;
  /** Unique regardless of case; kept as it was typed. */
  readonly username: string;
  readonly role: Role;
  /** PHC string of argon2id; null for a user that signs in elsewhere. */
  readonly passwordHash: string | null;
  readonly createdAt: Date;
}

/** One sign-in: what a token stands for, so that signing out ends the token too. */
export interface Session {
  /** ULID; the token's `jti`. */
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly userAgent: string | null;
}
