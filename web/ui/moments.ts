const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Formats a time as a date in the browser's locale. */
export const dayOf = (moment: string): string =>
  new Date(moment).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** Formats a time relative to `now`: `3 hours ago`, `in 6 days`; within a minute `just now`. */
export const fromNow = (moment: string, now = new Date()): string => {
  const seconds = (new Date(moment).getTime() - now.getTime()) / 1000;
  for (const [unit, length] of units) {
    if (Math.abs(seconds) < length) continue;
    return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.round(seconds / length), unit);
  }
  return 'just now';
};

/** Formats the time elapsed since a moment in its two largest units: `8 s`, `3 min 5 s`, `1 h 2 min`. Never negative. */
export const lasting = (since: string, now: Date): string => {
  const all = Math.max(0, Math.floor((now.getTime() - new Date(since).getTime()) / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60, all % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds} s` : `${seconds} s`;
};

/** Formats a time to the second in the browser's locale, with the time zone. */
export const exactly = (moment: string): string =>
  new Date(moment).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** Formats a duration in one unit, rounded up: `12 s`, `5 min`, `3 h` or `8 days`. */
export const howLong = (seconds: number): string => {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole <= 90) return `${whole} s`;
  if (whole <= 90 * 60) return `${Math.ceil(whole / 60)} min`;
  return whole <= 36 * 3_600 ? `${Math.ceil(whole / 3_600)} h` : `${Math.ceil(whole / 86_400)} days`;
};
