/**
 * The limits of an argument or input field. They are declared with the field (`bounds`), printed in the SDL as
 * `@constraint`, named in the description, and checked before any resolver runs.
 */
export interface Bounds {
  /** UTF-16 units of a text or an id, of each text in a list, or of a JSON value's text. */
  readonly maxLength?: number;
  /** Items of a list. */
  readonly maxItems?: number;
  /** The least number, inclusive. */
  readonly min?: number;
  /** The greatest number, inclusive. */
  readonly max?: number;
  /** Counts as a prompt: a longer text fails with `PROMPT_TOO_LARGE` instead of `BAD_USER_INPUT`. */
  readonly isPrompt?: true;
}

/** UTF-16 units that values without a meaning of their own may have. */
export const maxLengths = {
  /** A global id: the longest is that of a model, whose name is its key. */
  id: 1024,
  /** A cursor: the longest has a model's or a user's name in it. */
  cursor: 1024,
  /** A value that a payload echoes. */
  clientMutationId: 256,
  search: 256,
  /** An alias, a label of `@defer`, or any other word that is neither a text nor an id: the answer repeats it. */
  name: 256,
} as const;

/** The bounds as a sentence for the description. Empty where there are none. */
export const describeBounds = ({ maxLength, maxItems, min, max }: Bounds): string => {
  const length = maxLength === undefined ? null : `${maxLength} characters`;
  const items = maxItems === undefined ? null : `${maxItems} items`;
  const parts = [
    ...(items ? [`At most ${items}${length ? ` of at most ${length} each` : ''}.`] : []),
    ...(length && !items ? [`At most ${length}.`] : []),
    ...(min !== undefined && max !== undefined ? [`From ${min} to ${max}.`] : []),
  ];
  return parts.join(' ');
};
