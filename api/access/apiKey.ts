import { createHash, randomBytes } from 'node:crypto';
import type { Scope } from './scopes.ts';

/** A key that a program authenticates with instead of a session, limited to scopes of its user's permissions. */
export interface ApiKey {
  /** ULID. */
  readonly id: string;
  readonly userId: string;
  /** Chosen by its user. */
  readonly name: string;
  /** SHA-256 of the whole key, in base64url. Unique. A random key can't be guessed, so a slow hash adds nothing. */
  readonly secretHash: string;
  /** The last characters of the key, by which its user recognises it. */
  readonly ending: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  /** Null: it never expires. */
  readonly expiresAt: Date | null;
  /** With a precision of one minute; null: never used. */
  readonly lastUsedAt: Date | null;
}

/** Distinguishes keys from tokens, and for secret scanners from the keys of other services. */
const prefix = 'zk_';

/** Characters of a key that stay visible after its creation. */
const endingLength = 4;

export const isApiKey = (credential: string): boolean => credential.startsWith(prefix);

/** Returns a new key: the prefix and 256 random bits. */
export const generateApiKey = (): string => prefix + randomBytes(32).toString('base64url');

export const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');

export const endingOf = (key: string): string => key.slice(-endingLength);
