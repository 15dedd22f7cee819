/**
 * A reader's cursor in a generation: the attempt whose text the reader has, and how much of it. Clients see one Int and only
 * echo it. As it contains the attempt, an offset in an earlier attempt's text is never taken for one in the current text.
 */
export interface Cursor {
  /** 1 for the first. */
  readonly attempt: number;
  /** In UTF-16 code units. */
  readonly offset: number;
}

/** The maximum length of a generation's text, in UTF-16 code units: 16 Mi. */
export const maxTextLength = 2 ** 24 - 1;
/** The highest attempt that fits into a cursor. Higher attempts share it, and their offset is always 0. */
const maxAttempt = 127;

export const encodeCursor = ({ attempt, offset }: Cursor): number => {
  const isShared = attempt >= maxAttempt;
  const [encodedAttempt, encodedOffset] = isShared
    ? [maxAttempt, 0]
    : [attempt, Math.min(offset, maxTextLength)];
  return (encodedAttempt - 1) * (maxTextLength + 1) + encodedOffset;
};

/** Decodes a client's cursor. An invalid one is the beginning of the text. */
export const decodeCursor = (cursor: number): Cursor => {
  if (!Number.isInteger(cursor) || cursor < 0) return { attempt: 1, offset: 0 };
  return { attempt: Math.floor(cursor / (maxTextLength + 1)) + 1, offset: cursor % (maxTextLength + 1) };
};

/** Returns the offset to send from: the cursor's if it fits this text, else 0. */
export const resumeOffset = (cursor: Cursor, text: string, attempt: number): number =>
  cursor.attempt === attempt && cursor.offset <= text.length ? cursor.offset : 0;
