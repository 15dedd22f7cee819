import { onOrOff, variable, wholeNumber } from './variable.ts';

/** Answers that are kept for who asks the same. */
export const cacheVariables = {
  CACHE_TTL_S: variable({
    schema: wholeNumber(0, 31_536_000, ' (seconds)').default(86_400),
    default: '`86400`',
    meaning:
      'how long an answer is kept for the same question with temperature 0 or a seed, in seconds; `0`: every answer is computed',
  }),
  CACHE_SHARED: variable({
    schema: onOrOff.default(false),
    default: '`off`',
    meaning: '`on`: users also get answers that others asked for; they see then that somebody asked the same',
  }),
} as const;
