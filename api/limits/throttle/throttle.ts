import { createHash } from 'node:crypto';
import { foldUsername } from '../../access/user.ts';
import { Failure } from '../../errors/failures.ts';
import { addressGroup } from '../../process/addressGroup.ts';

/** An attempt to sign in. */
export interface SignInAttempt {
  /** The username as typed. Whether such a user exists makes no difference to the throttle. */
  readonly username: string;
  /** An IP address; null if unknown. */
  readonly address: string | null;
}

/**
 * Slows down password guessing, without letting guessers lock others out.
 *
 * - For one account from one address, five attempts are free. Each failure after that doubles the wait, up to five minutes.
 * - An account with many failures from any addresses is locked temporarily, and so is an address with many failures at any
 *   accounts. Neither lock applies if the account has signed in from the address before.
 */
export interface SignInThrottle {
  /**
   * Counts an attempt as failed before its outcome is known, so that concurrent attempts gain nothing. Throws
   * `RATE_LIMITED` with `retryAfter`, in seconds.
   */
  attempt(attempt: SignInAttempt): Promise<void>;
  /** Removes the failure that `attempt` counted, and records that this account signed in from this address. */
  succeeded(attempt: SignInAttempt): Promise<void>;
}

/** Times in ms. */
export const throttleRules = {
  freeAttempts: 5,
  maxWaitMs: 300_000,
  /** The failures of an account from an address expire after this time without an attempt. */
  memoryMs: 15 * 60_000,
  /** Failures at one account from all addresses within `windowMs` that lock it. */
  maxAtAccount: 50,
  /** Failures from one address at all accounts within `windowMs` that lock it. */
  maxFromAddress: 100,
  windowMs: 15 * 60_000,
  lockMs: 15 * 60_000,
  /** The time for which a successful sign-in of an account from an address is remembered. */
  knownMs: 30 * 24 * 60 * 60_000,
} as const;

/** The keys of an attempt's records: digests, so that they have one length and don't show what was typed. */
export interface ThrottleKeys {
  readonly pair: string;
  readonly account: string;
  readonly address: string;
}

export const throttleKeys = ({ username, address }: SignInAttempt): ThrottleKeys => {
  const account = foldUsername(username);
  // Replicas of earlier versions write the network without its suffix.
  const from = addressGroup(address ?? '').replace(/::\/64$/, '');
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
