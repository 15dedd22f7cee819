import { isIPv6 } from 'node:net';
import { Failure } from '../failures.ts';

/** Attempts that may fail in a row before waits begin. */
const freeFailures = 5;
/** Seconds; each failure doubles the wait, up to this. */
const longestWaitS = 300;
/** After so long without an attempt, in milliseconds, the failures are forgotten. */
const memoryMs = 15 * 60_000;
/** Pairs of account and address that are remembered; past that the one unused for longest is forgotten. */
const mostRemembered = 10_000;

interface Failures {
  readonly count: number;
  readonly at: number;
  readonly waitUntil: number;
}

/**
 * Slows guessing, by account and address: whoever guesses elsewhere does not keep the account's owner out, and no wait
 * is longer than five minutes.
 */
export interface SignInThrottle {
  /** Counts an attempt as failed, before it is known, so that many at once gain nothing. Throws `RATE_LIMITED`. */
  attempt(username: string, address: string | null): void;
  succeeded(username: string, address: string | null): void;
}

export const createSignInThrottle = (clock: () => Date): SignInThrottle => {
  const remembered = new Map<string, Failures>();

  return {
    attempt(username, address) {
      const key = keyOf(username, address);
      const now = clock().getTime();
      const before = remembered.get(key);
      if (before && now < before.waitUntil) throw tooSoon(Math.ceil((before.waitUntil - now) / 1000));
      const count = before && now - before.at < memoryMs ? before.count + 1 : 1;
      const waitS = count < freeFailures ? 0 : Math.min(2 ** (count - freeFailures), longestWaitS);
      remembered.delete(key);
      remembered.set(key, { count, at: now, waitUntil: now + waitS * 1000 });
      const oldest = remembered.keys().next();
      if (remembered.size > mostRemembered && !oldest.done) remembered.delete(oldest.value);
    },
    succeeded(username, address) {
      remembered.delete(keyOf(username, address));
    },
  };
};

const tooSoon = (retryAfter: number) =>
  new Failure('RATE_LIMITED', `Too many failed sign-ins. Try again in ${retryAfter} s.`, { retryAfter });

const keyOf = (username: string, address: string | null): string =>
  JSON.stringify([username.normalize('NFC').toLowerCase().slice(0, 256), network(address ?? '')]);

/** A household or a host has a whole /64 of IPv6, so that much counts as one address. */
const network = (address: string): string => {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
};
