import type { Rate } from '../config/values/rate.ts';
import { Failure } from '../errors/failures.ts';

/** What came of one more. */
export interface Taken {
  readonly isAllowed: boolean;
  readonly limit: number;
  /** How many more are allowed just now. */
  readonly remaining: number;
  /** Until one more is allowed; until all are, where this one was. In milliseconds. */
  readonly resetMs: number;
}

/**
 * Counts what is done, by keys. Of any number at once exactly as many are let through as the rate says, within any span of
 * its length, on all replicas together; what is refused doesn't count. Rejects with `SERVICE_UNAVAILABLE` where that can't
 * be counted.
 */
export interface Limits {
  take(key: string, rate: Rate): Promise<Taken>;
}

/** In whole seconds, at least one. */
export const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

export const rateLimited = (what: string, { limit, resetMs }: Taken, { windowMs }: Rate): Failure => {
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
