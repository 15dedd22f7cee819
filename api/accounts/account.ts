import { maxPasswordLength } from '../access/passwordStrength.ts';
import type { Role } from '../access/user.ts';
import { maxUsernameLength } from './usernames.ts';

/** A sign-in. A token refers to its session, so signing out revokes the token too. */
export interface Session {
  /** ULID; the token's `jti`. */
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The time of its last use, to the minute. */
  readonly lastSeenAt: Date;
  readonly userAgent: string | null;
  /** The IP address of its last use. */
  readonly address: string | null;
}

/** An invite or a password reset link: a secret URL that works once. */
export interface OneTimeLink {
  /** ULID. */
  readonly id: string;
  readonly kind: 'INVITE' | 'PASSWORD_RESET';
  /** SHA-256 of the secret, in base64url. Unique. */
  readonly secretHash: string;
  /** The role of the invited user; null for a password reset. */
  readonly role: Role | null;
  /** The user whose password is reset; null for an invite. */
  readonly userId: string | null;
  /** An administrator's note on an invite, such as whom it is for. */
  readonly note: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Maximum lengths of sign-in fields, in UTF-16 units. */
export const accountBounds = {
  /** The service limits a user name in characters, which can have two units each. */
  username: { maxLength: 2 * maxUsernameLength },
  /** The service limits a password in bytes; a text never has fewer bytes than units. */
  password: { maxLength: maxPasswordLength },
  /** The secret of a link has 43 characters. */
  secret: { maxLength: 256 },
} as const;
