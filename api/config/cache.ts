import { onOrOff, variable, wholeNumber } from './variable.ts';

/** The response cache. */
export const cacheVariables = {
  CACHE_TTL_S: variable({
    schema: wholeNumber(0, 31_536_000, ' (seconds)').default(86_400),
    default: '`86400`',
    meaning:
      'how long the response cache keeps the answer to a prompt with temperature 0 or a seed, in seconds; `0`: no cache',
  }),
  CACHE_SHARED: variable({
    schema: onOrOff.default(false),
    default: '`off`',
    meaning:
      '`on`: users share cached answers; a cache hit then reveals that another user sent the same prompt',
  }),
} as const;
