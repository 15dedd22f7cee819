import { z } from 'zod';
import { onOrOff, variable, wholeNumber } from './variable.ts';

/** What is written down of who did what. */
export const auditVariables = {
  AUDIT_DAYS: variable({
    schema: z
      .union(
        [z.literal('off').transform(() => null), wholeNumber(1, 36_500, '')],
        'give a number of days from 1 to 36500, or off',
      )
      .default(365),
    default: '`365`',
    meaning: 'how many days the entries of the audit log are kept; `off`: for ever',
  }),
  AUDIT_CONTENT: variable({
    schema: onOrOff.default(false),
    default: '`off`',
    meaning: '`on`: the audit log keeps prompts and answers too, up to 16384 characters of each',
  }),
} as const;
