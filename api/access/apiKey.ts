import { createHash, randomBytes } from 'node:crypto';
import type { Scope } from './scopes.ts';

/** A secret that a program shows instead of a person's sign-in, for a part of what its user may. */
export interface ApiKey {
  /** ULID. */
  readonly id: string;
  readonly userId: string;
  /** What its user calls it. */
  readonly name: string;
  /** SHA-256 of the whole key, in base64url. Unique. A random key has no dictionary that a slower hash would slow. */
  readonly secretHash: string;
  /** How the key ends, to recognise it by. */
  readonly ending: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  /** Null: it does not end by itself. */
  readonly expiresAt: Date | null;
  /** To the minute; null: never. */
  readonly lastUsedAt: Date | null;
}

/** What tells a key from a token, and from the keys of other services to those who look for leaked ones. */
const prefix = 'zk_';

/** Characters of a key that are shown ever after. */
const endingLength = 4;

export const isApiKey = (credential: string): boolean => credential.startsWith(prefix);

/** 256 random bits, with the prefix. */
export const generateApiKey = (): string => prefix + randomBytes(32).toString('base64url');

export const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');

export const endingOf = (key: string): string => key.slice(-endingLength);
