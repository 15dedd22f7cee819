/** A call with its offset in the text of its answer, in UTF-16 code units. */
export interface PlacedCall {
  readonly offset: number;
}

/** A part of the text of an answer, and the calls that were made after it. */
export interface AnswerPart<Call> {
  /** The offset of its end; null for the last part, which has no calls and may grow. */
  readonly end: number | null;
  readonly text: string;
  readonly calls: readonly Call[];
}

/**
 * Splits the text of an answer at the calls, which are in the order in which they were made. The text may lag behind the calls,
 * and may be shorter than before in a later attempt: the parts after its end are empty then.
 */
export const placeCalls = <Call extends PlacedCall>(
  text: string,
  calls: readonly Call[],
): readonly AnswerPart<Call>[] => {
  const offsets = [...new Set(calls.map(({ offset }) => offset))];
  let start = 0;
  const parts = offsets.map((end): AnswerPart<Call> => {
    const part = text.slice(start, end);
    start = Math.max(start, end);
    return { end, text: part, calls: calls.filter(({ offset }) => offset === end) };
  });
  return [...parts, { end: null, text: text.slice(start), calls: [] }];
};
