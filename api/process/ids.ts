import { createHash, randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Generates ids: ULIDs, 26 characters of Crockford's base 32. */
export interface Ids {
  /** Returns a new id. It sorts after all earlier ids of this process, even within one millisecond. */
  next(): string;
  /**
   * Returns the same id for the same parts, so that a retried request writes the same rows again. It has the form of a
   * ULID but contains no time.
   */
  derived(...parts: readonly string[]): string;
}

/** The bytes that are fetched at a time: a fetch for each character, as ulid does it, takes most of the time of an id. */
const poolSize = 4096;

/** Returns a source of cryptographically random fractions from 0 to less than 1, in steps of 1/256. */
export const createFractions = (): (() => number) => {
  const pool = Buffer.alloc(poolSize);
  let used = poolSize;
  return () => {
    if (used === poolSize) {
      randomFillSync(pool);
      used = 0;
    }
    const byte = pool[used] ?? 0;
    used += 1;
    return byte / 256;
  };
};

export const createIds = (): Ids => {
  const next = monotonicFactory(createFractions());
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
