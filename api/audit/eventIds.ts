import { encodeTime, monotonicFactory } from 'ulid';
import { createFractions } from '../process/ids.ts';

/** Returns the id of the next event and the time in that id, so that ordering by id is ordering by time. */
export type NextEventId = (now: Date) => { readonly id: string; readonly at: Date };

/** Creates increasing ids, also within one millisecond and after the clock was set back. */
export const createEventIds = (): NextEventId => {
  const next = monotonicFactory(createFractions());
  let latest = 0;
  return (now) => {
    latest = Math.max(latest, now.getTime());
    return { id: next(latest), at: new Date(latest) };
  };
};

/** The maximum time of a ULID, in milliseconds since 1970. */
const maxTimeMs = 2 ** 48 - 1;

/** Returns the lower bound of the ids at `at` and later. */
export const firstIdAt = (at: Date): string =>
  `${encodeTime(Math.min(Math.max(0, at.getTime()), maxTimeMs), 10)}${'0'.repeat(16)}`;
