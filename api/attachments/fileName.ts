import { cutText } from '../text/cutText.ts';

/** Maximum length of a file's name, in UTF-16 units. */
export const maxFileNameLength = 200;

/**
 * Returns a file name that is safe to show and to send in a header: without a path and without control characters,
 * bidirectional ones included, which could disguise the extension. Long names are cut before their extension.
 */
export const fileNameOf = (given: string): string => {
  const base = given.split(/[/\\]/).at(-1) ?? '';
  const clean = base
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (clean === '' || /^\.+$/.test(clean)) return 'file';
  if (clean.length <= maxFileNameLength) return clean;
  const extension = /\.\w{1,10}$/.exec(clean)?.[0] ?? '';
  return `${cutText(clean, maxFileNameLength - extension.length)}${extension}`;
};
