import type { ByRole } from '../access/byRole.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Rate } from '../config/values/rate.ts';
import { addressGroup } from '../process/addressGroup.ts';

/** The rates of requests: by role for authenticated callers, and for each address without authentication. */
export interface RequestRates {
  readonly rates: ByRole<Rate>;
  readonly addressRate: Rate | null;
}

/** Returns the key under which a caller is counted: a user in person, one of their API keys, or an anonymous address. */
export const limitedCaller = (viewer: Viewer | null, address: string | null): string =>
  viewer
    ? `user:${viewer.user.id}:${viewer.apiKey?.id ?? ''}`
    : `address:${addressGroup(address ?? 'unknown')}`;

/** Returns the rate of a caller's requests; null: unlimited. */
export const requestRateOf = ({ rates, addressRate }: RequestRates, viewer: Viewer | null): Rate | null =>
  viewer ? rates[viewer.user.role] : addressRate;

/** Returns the key under which the generations that a user starts are counted, on all request surfaces together. */
export const generationsKey = (userId: string): string => `generations:${userId}`;

export const tooManyGenerations = 'You have asked for too many answers';
