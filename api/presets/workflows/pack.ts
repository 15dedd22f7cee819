import { estimateTextTokens } from '../../engine/estimate.ts';
import { badInput } from '../../errors/failures.ts';
import { maxParts } from './workflow.ts';

/** Maximum lines of a part: the grammar of an answer lists the lines that it may refer to. */
const maxLines = 200;

/**
 * Groups lines into parts of at most `partTokens`, in order. Throws `BAD_USER_INPUT` for a line that exceeds a part, and
 * for too many parts; `noun` names a line in the error.
 */
export const packLines = <Line extends { readonly text: string; readonly number: number }>(
  field: string,
  lines: readonly Line[],
  partTokens: number,
  noun: string,
): readonly (readonly Line[])[] => {
  const parts: Line[][] = [];
  let room = 0;
  for (const line of lines) {
    const tokens = estimateTextTokens(line.text) + tokensPerNumber;
    if (tokens > partTokens) {
      throw badInput(
        field,
        `${field}: ${noun} ${line.number} has about ${tokens} tokens; the model takes ${partTokens} at once. Shorten it.`,
      );
    }
    const part = parts.at(-1);
    if (part === undefined || tokens > room || part.length >= maxLines) {
      parts.push([line]);
      room = partTokens - tokens;
    } else {
      part.push(line);
      room -= tokens;
    }
  }
  checkParts(field, parts.length);
  return parts;
};

/** Throws `BAD_USER_INPUT` for too many parts. */
export const checkParts = (field: string, count: number): void => {
  if (count <= maxParts) return;
  throw badInput(
    field,
    `${field} is too long: it needs ${count} parts for this model, and at most ${maxParts} are allowed. Split it, or choose a model with a longer context.`,
  );
};

/** The number and the marks in front of each line. */
const tokensPerNumber = 5;
