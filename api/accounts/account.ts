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

/** One sign-in: what a token stands for, so that signing out ends the token too. */
export interface Session {
  /** ULID; the token's `jti`. */
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** When it was used last, to the minute. */
  readonly lastSeenAt: Date;
  readonly userAgent: string | null;
  /** Where it was used last from: an IP address. */
  readonly address: string | null;
}

/** A secret address that works once: who has it becomes a user (`INVITE`), or chooses a new password. */
export interface Link {
  /** ULID. */
  readonly id: string;
  readonly kind: 'INVITE' | 'PASSWORD_RESET';
  /** SHA-256 of its secret, in base64url. Unique. */
  readonly secretHash: string;
  /** The role that an invited user gets; null for another kind. */
  readonly role: Role | null;
  /** Whose password; null for an invite. */
  readonly userId: string | null;
  /** What an administrator noted down about an invite: whom it is for. */
  readonly note: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** One form for all ways to type a name. A collation would not take a composed accent for a decomposed one. */
export const foldUsername = (username: string): string => username.normalize('NFC').toLowerCase();
