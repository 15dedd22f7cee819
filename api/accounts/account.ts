import { maxPasswordLength } from '../access/passwordStrength.ts';
import type { Role } from '../access/user.ts';
import { maxUsernameLength } from './usernames.ts';

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
export interface OneTimeLink {
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

/** The bounds of what people sign in with, in UTF-16 units. */
export const accountBounds = {
  /** A user name is measured in characters, which can have two units each. */
  username: { maxLength: 2 * maxUsernameLength },
  /** UTF-16 units. The service limits a password in bytes, and a text never has fewer bytes than units. */
  password: { maxLength: maxPasswordLength },
  /** The secret of a link has 43. */
  secret: { maxLength: 256 },
} as const;
