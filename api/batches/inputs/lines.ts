import { badInput } from '../../errors/failures.ts';
import { batchLimits } from '../batch.ts';

/** Maximum UTF-16 units of a line, which may have escapes and white space that its input hasn't. */
export const maxLineLength = 2 * batchLimits.inputBytes;

/** Readers of a file pause between its inputs only, so what lies between two of them is bounded. */
const maxEmptyLines = 100_000;

/** Returns a function that counts an empty line of a file. It throws `BAD_USER_INPUT` for too many. */
export const emptyLines = (): (() => void) => {
  let count = 0;
  return () => {
    count += 1;
    if (count > maxEmptyLines) {
      throw badInput('file', `The file has more than ${maxEmptyLines} empty lines. Remove them.`);
    }
  };
};
