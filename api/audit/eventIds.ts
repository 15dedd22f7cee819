import { encodeTime, monotonicFactory } from 'ulid';

/** The id of the next event at `now`, and its moment: that of the id, so that lists by id are lists by time. */
export type NextEventId = (now: Date) => { readonly id: string; readonly at: Date };

/** Later ids sort after earlier ones, within one millisecond and where the clock is set back too. */
export const createEventIds = (): NextEventId => {
  const next = monotonicFactory();
  let latest = 0;
  return (now) => {
    latest = Math.max(latest, now.getTime());
    return { id: next(latest), at: new Date(latest) };
  };
};

/** The last moment that the id of an event can name, in milliseconds since 1970. */
const lastMoment = 2 ** 48 - 1;

/** Before it are all ids of earlier moments, and from it on those of this one and later. */
export const firstIdAt = (at: Date): string =>
  `${encodeTime(Math.min(Math.max(0, at.getTime()), lastMoment), 10)}${'0'.repeat(16)}`;
