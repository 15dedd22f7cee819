/**
 * The limits of an argument or input field. A field declares them as `bounds`. They are printed in the SDL as
 * `@constraint`, appended to the description, and checked before any resolver runs.
 */
export interface Bounds {
  /** Maximum length in UTF-16 units: of a string or id, of each string in a list, or of a JSON value's text. */
  readonly maxLength?: number;
  /** Maximum number of items of a list. */
  readonly maxItems?: number;
  /** Minimum of a number, inclusive. */
  readonly min?: number;
  /** Maximum of a number, inclusive. */
  readonly max?: number;
  /** Set for prompts, which fail with `PROMPT_TOO_LARGE` instead of `BAD_USER_INPUT` when they are too long. */
  readonly isPrompt?: true;
}

/** Maximum lengths of values that no noun defines, in UTF-16 units. */
export const maxLengths = {
  /** A global id. The longest ids are of models, which contain the model's name. */
  id: 1024,
  /** A cursor. The longest ones contain a model's or a user's name. */
  cursor: 1024,
  /** A value that the payload returns. */
  clientMutationId: 256,
  search: 256,
  idempotencyKey: 200,
  /** An alias, a `@defer` label, or another value that is neither a string nor an id. The response repeats it. */
  name: 256,
} as const;

/** Returns the bounds as a sentence for the description; empty if there are none. */
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
