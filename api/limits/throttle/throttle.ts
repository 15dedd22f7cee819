import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { foldUsername } from '../../access/user.ts';
import { Failure } from '../../errors/failures.ts';

/** Who tries, at whose account. */
export interface SignInAttempt {
  /** As it was typed; whether there is such a user makes no difference to anything here. */
  readonly username: string;
  /** IP address; null where there is none. */
  readonly address: string | null;
}

/**
 * Keeps guessing slow, and guessers from keeping others out.
 *
 * - At one account from one address, five attempts are free; each failure after that doubles the wait, up to five
 *   minutes.
 * - An account at which many attempts fail, wherever they come from, is locked for a while, and so is an address from
 *   which many fail, at whatever accounts. Neither lock holds for an account and an address that have signed in
 *   together before: who always signs in from there gets in while others guess.
 */
export interface SignInThrottle {
  /** Counts an attempt as failed before it is known, so that many at once gain nothing. Throws `RATE_LIMITED`. */
  attempt(attempt: SignInAttempt): Promise<void>;
  /** The attempt was none of those that are counted. */
  succeeded(attempt: SignInAttempt): Promise<void>;
}

/** Times in milliseconds. */
export const throttleRules = {
  freeAttempts: 5,
  maxWaitMs: 300_000,
  /** After so long without an attempt, the failures of an account and an address are forgotten. */
  memoryMs: 15 * 60_000,
  /** Failures at one account, from everywhere together, within `windowMs`. */
  maxAtAccount: 50,
  /** Failures from one address, at all accounts together, within `windowMs`. */
  maxFromAddress: 100,
  windowMs: 15 * 60_000,
  lockMs: 15 * 60_000,
  /** How long it is remembered that an account has signed in from an address. */
  knownMs: 30 * 24 * 60 * 60_000,
} as const;

/** What is counted under: of one length, whatever was typed, and telling nobody who reads them what that was. */
export interface ThrottleKeys {
  readonly pair: string;
  readonly account: string;
  readonly address: string;
}

export const throttleKeys = ({ username, address }: SignInAttempt): ThrottleKeys => {
  const [account, from] = [foldUsername(username), network(address ?? '')];
  return { pair: digest([account, from]), account: digest([account]), address: digest([from]) };
};

export const tooSoon = (waitMs: number): Failure => {
  const retryAfter = Math.ceil(waitMs / 1000);
  return new Failure('RATE_LIMITED', `Too many failed sign-ins. Try again in ${retryAfter} s.`, {
    retryAfter,
  });
};

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);

/** A household or a host has a whole /64 of IPv6, so that much counts as one address. */
const network = (address: string): string => {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
};
