import type { Rate } from '../config/values/rate.ts';
import { Failure } from '../errors/failures.ts';

/** The answer of a rate limit to one call. */
export interface RateResult {
  readonly isAllowed: boolean;
  /** The calls that the rate allows per window. */
  readonly limit: number;
  /** The further calls that are allowed now. */
  readonly remaining: number;
  /** If rejected, the time until the next call is allowed; if allowed, until the whole limit is available again. In ms. */
  readonly resetMs: number;
}

/**
 * Counts calls by key in a sliding window. Of any number of concurrent calls it allows exactly as many as the rate, on all
 * replicas together. Rejected calls don't count. Rejects with `SERVICE_UNAVAILABLE` while calls can't be counted.
 */
export interface Limits {
  /** Counts a call in one atomic step, if the rate allows it. */
  consume(key: string, rate: Rate): Promise<RateResult>;
  /** Returns what `consume` would answer now, without counting; `remaining` includes this call. */
  peek(key: string, rate: Rate): Promise<RateResult>;
}

/** Returns whole seconds, rounded up, at least 1: for `Retry-After` and `retryAfter`. */
export const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** Returns the `RATE_LIMITED` failure for a rejected call. `what` is the first half of its message: "Too many requests". */
export const rateLimited = (what: string, { limit, resetMs }: RateResult, { windowMs }: Rate): Failure => {
  const retryAfter = secondsOf(resetMs);
  return new Failure(
    'RATE_LIMITED',
    `${what}: ${limit} in ${lengthOf(windowMs)} are allowed. Try again in ${retryAfter} s.`,
    { retryAfter },
  );
};

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

const lengthOf = (ms: number): string => {
  const [name, length] = units.find(([, unitMs]) => ms % unitMs === 0) ?? ['s', 1000];
  return `${ms / length} ${name}`;
};
