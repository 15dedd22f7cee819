/**
 * Replaces `tailwind-merge` in the build. The library merges utility classes with it, which this app doesn't generate: answers
 * have styles of their own.
 */
export const twMerge = (...classes: readonly (string | false | null | undefined)[]): string =>
  classes.filter(Boolean).join(' ');
