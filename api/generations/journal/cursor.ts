/**
 * A reader's place in a generation: which attempt it has text of, and how much. One Int to the client, who only echoes
 * it: so a place in the text of an earlier attempt is never taken for one in today's.
 */
export interface Place {
  /** 1 for the first. */
  readonly attempt: number;
  /** UTF-16 code units. */
  readonly offset: number;
}

/** The longest text a generation may have, in UTF-16 code units: 16 Mi. */
export const maxTextLength = 2 ** 24 - 1;
/** The highest attempt that fits into a cursor. Higher ones share it, and a place in them is always the beginning. */
const lastAttempt = 127;

export const encodeCursor = ({ attempt, offset }: Place): number => {
  const isShared = attempt >= lastAttempt;
  const [number, from] = isShared ? [lastAttempt, 0] : [attempt, Math.min(offset, maxTextLength)];
  return (number - 1) * (maxTextLength + 1) + from;
};

/** Never throws: a cursor that no server gave is a place at the beginning. */
export const decodeCursor = (cursor: number): Place => {
  if (!Number.isInteger(cursor) || cursor < 0) return { attempt: 1, offset: 0 };
  return { attempt: Math.floor(cursor / (maxTextLength + 1)) + 1, offset: cursor % (maxTextLength + 1) };
};

/** Where to go on sending from: the reader's place if it is one in this text, else the beginning. */
export const resumeFrom = (place: Place, text: string, attempt: number): number =>
  place.attempt === attempt && place.offset <= text.length ? place.offset : 0;
