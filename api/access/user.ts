export const roles = ['ADMIN', 'MEMBER', 'VIEWER'] as const;

export type Role = (typeof roles)[number];

/** Only who is `ACTIVE` gets in. `DELETING`: what the user had is being deleted, and then the user. */
export type UserStatus = 'ACTIVE' | 'DISABLED' | 'DELETING';

/** Who vouches for a user, and under what name there: `iss` and `sub` of OpenID Connect. The pair is unique. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

export interface User {
  /** ULID. */
  readonly id: string;
  /** Unique regardless of case; kept as it was typed. */
  readonly username: string;
  readonly role: Role;
  readonly status: UserStatus;
  /** PHC string of argon2id; null for a user that signs in elsewhere. */
  readonly passwordHash: string | null;
  /** Null for a user that has a password here. */
  readonly identity: Identity | null;
  readonly createdAt: Date;
}

/** What may be changed of a user apart from the password. Fields that are absent stay. */
export type UserPatch = Partial<Pick<User, 'role' | 'status'>>;

/** One form for all ways to type a name. A collation would not take a composed accent for a decomposed one. */
export const foldUsername = (username: string): string => username.normalize('NFC').toLowerCase();
