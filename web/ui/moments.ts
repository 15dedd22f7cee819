const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** The day of a moment, as people write it where the browser is. */
export const dayOf = (moment: string): string =>
  new Date(moment).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** How far a moment is from `now`: `3 hours ago`, `in 6 days`; within a minute it is `just now`. */
export const fromNow = (moment: string, now = new Date()): string => {
  const seconds = (new Date(moment).getTime() - now.getTime()) / 1000;
  for (const [unit, length] of units) {
    if (Math.abs(seconds) < length) continue;
    return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.round(seconds / length), unit);
  }
  return 'just now';
};

/** A moment to the second, as people write it where the browser is, with the zone. */
export const exactly = (moment: string): string =>
  new Date(moment).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
