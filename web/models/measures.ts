import { t } from '@lingui/core/macro';
import { locale } from '../language/language.ts';
import { whole } from '../usage/amounts.ts';

/** Formats bytes in decimal units, as disk sizes are: `4.7 GB`. */
export const inBytes = (bytes: number): string => {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return value.toLocaleString(locale(), {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power > 2 ? 1 : 0,
  });
};

/** Formats tokens as context lengths are usually named: `128K` for 131072. */
export const inTokens = (tokens: number): string => {
  if (tokens < 1024) return whole(tokens);
  const count = Math.round(tokens / 1024);
  return t({ message: `${count}K`, comment: 'A number of tokens: {count} times 1,024' });
};

/** Formats a share, 0 to 1: `42 %`. */
export const inPercent = (share: number): string => {
  const percent = whole(Math.round(share * 100));
  return t`${percent} %`;
};
