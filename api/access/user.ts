export const roles = ['ADMIN', 'MEMBER', 'VIEWER'] as const;

export type Role = (typeof roles)[number];

/** Only `ACTIVE` users can authenticate. `DELETING`: the user's data is being deleted, then the user. */
export type UserStatus = 'ACTIVE' | 'DISABLED' | 'DELETING';

/** The identity of a user at an OpenID Connect issuer: its `iss` and `sub`. The pair is unique. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

export interface User {
  /** ULID. */
  readonly id: string;
  /** Unique regardless of case; stored as it was typed. */
  readonly username: string;
  readonly role: Role;
  readonly status: UserStatus;
  /** PHC string of argon2id; null for a user that signs in with an identity. */
  readonly passwordHash: string | null;
  /** Null for a user with a password. */
  readonly identity: Identity | null;
  readonly createdAt: Date;
}

/** A change of a user, apart from the password. Absent fields stay as they are. */
export type UserPatch = Partial<Pick<User, 'role' | 'status'>>;

/** Normalizes a username for comparison. A collation wouldn't match a composed accent with a decomposed one. */
export const foldUsername = (username: string): string => username.normalize('NFC').toLowerCase();
