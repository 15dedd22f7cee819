import { createHash } from 'node:crypto';
import { monotonicFactory } from 'ulid';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Where ids come from: ULIDs, 26 characters of Crockford's base 32. */
export interface Ids {
  /** Later ids of one process sort after earlier ones, within one millisecond too. */
  next(): string;
  /**
   * The same id for the same parts: what makes a retried request write the same rows again instead of new ones. It has
   * the form of a ULID but no time in it.
   */
  derived(...parts: readonly string[]): string;
}

export const createIds = (): Ids => {
  const next = monotonicFactory();
  return {
    next: () => next(),
    derived: (...parts) => {
      const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
      // The first character of a ULID is at most 7: it holds the top 3 of 128 bits.
      const rest = [...digest.subarray(1, 26)].map((byte) => crockford[byte % 32]).join('');
      return `${(digest[0] ?? 0) % 8}${rest}`;
    },
  };
};
