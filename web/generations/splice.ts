/**
 * Returns the text after an event: the held text up to `offset`, then `delta`. A repeated event changes nothing; a new
 * attempt starts at 0 and replaces everything. Null if the event starts after the end of the held text: then the gap must
 * be fetched. Offsets are in UTF-16 code units.
 */
export const splice = (held: string, offset: number, delta: string): string | null =>
  offset > held.length ? null : held.slice(0, offset) + delta;
