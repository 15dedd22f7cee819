import { t } from '@lingui/core/macro';
import { locale } from '../language/language.ts';

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Formats a time as a date in the reader's locale. */
export const dayOf = (moment: string): string =>
  new Date(moment).toLocaleDateString(locale(), { day: 'numeric', month: 'short', year: 'numeric' });

/** Formats a time relative to `now`: `3 hours ago`, `in 6 days`; within a minute `just now`. */
export const fromNow = (moment: string, now = new Date()): string => {
  const seconds = (new Date(moment).getTime() - now.getTime()) / 1000;
  for (const [unit, length] of units) {
    if (Math.abs(seconds) < length) continue;
    return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(
      Math.round(seconds / length),
      unit,
    );
  }
  return t`just now`;
};

const inWords = (value: number, decimals = 0): string =>
  value.toLocaleString(locale(), { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/** Formats seconds: `8 s`, or with one decimal `1.5 s`. */
export const secondsOf = (value: number, decimals = 0): string => {
  const seconds = inWords(value, decimals);
  return t({ message: `${seconds} s`, comment: 'A duration in seconds, short' });
};

/** Formats the time elapsed since a moment in its two largest units: `8 s`, `3 min 5 s`, `1 h 2 min`. Never negative. */
export const lasting = (since: string, now: Date): string => {
  const all = Math.max(0, Math.floor((now.getTime() - new Date(since).getTime()) / 1000));
  if (all < 60) return secondsOf(all);
  const [hours, minutes] = [inWords(Math.floor(all / 3_600)), inWords(Math.floor(all / 60) % 60)];
  if (all >= 3_600)
    return t({ message: `${hours} h ${minutes} min`, comment: 'A duration in hours and minutes, short' });
  const seconds = inWords(all % 60);
  return t({ message: `${minutes} min ${seconds} s`, comment: 'A duration in minutes and seconds, short' });
};

/** Formats a time to the second in the reader's locale, with the time zone. */
export const exactly = (moment: string): string =>
  new Date(moment).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'long' });

/** Formats the time of day in the reader's locale, to the minute that has begun: `2:05 PM`. */
export const timeOf = (moment: string): string =>
  new Date(moment).toLocaleTimeString(locale(), { timeStyle: 'short' });

/** Formats a duration in one unit, rounded up: `12 s`, `5 min`, `3 h` or `8 days`. */
export const howLong = (seconds: number): string => {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole <= 90) return secondsOf(whole);
  if (whole <= 90 * 60) {
    const minutes = inWords(Math.ceil(whole / 60));
    return t({ message: `${minutes} min`, comment: 'A duration in minutes, short' });
  }
  if (whole <= 36 * 3_600) {
    const hours = inWords(Math.ceil(whole / 3_600));
    return t({ message: `${hours} h`, comment: 'A duration in hours, short' });
  }
  return periodOf(Math.ceil(whole / 86_400), 'day');
};

/** Formats a number of days or years: `1 day`, `8 days`, `1 year`. */
export const periodOf = (count: number, unit: 'day' | 'year'): string =>
  count.toLocaleString(locale(), { style: 'unit', unit, unitDisplay: 'long' });
