/**
 * The text after an event: what is held up to `offset`, then `delta`. A replay changes nothing, and a new attempt, which
 * starts at 0, replaces all. Null where the event starts beyond what is held: something is missing in between, and has
 * to be asked for. Offsets are in UTF-16 code units, as JavaScript counts.
 */
export const splice = (held: string, offset: number, delta: string): string | null =>
  offset > held.length ? null : held.slice(0, offset) + delta;
