import { z } from 'zod';
import { forEveryRole, parseByRole } from '../access/byRole.ts';
import { parseBytes } from './values/bytes.ts';
import { callerLimitsForm, defaultCallerLimits, parseCallerLimits } from './values/callerLimits.ts';
import { parseRate } from './values/rate.ts';
import { parseTokens } from './values/tokenCount.ts';
import { parsed, variable, wholeNumber } from './variable.ts';

const rates = parsed(
  parseByRole(parseRate),
  'give a rate such as 10/1m, off, or by role MEMBER=10/1m,ADMIN=off',
);

const tokens = parsed(
  parseByRole(parseTokens),
  'give a number of tokens, off, or by role MEMBER=100000,ADMIN=off',
);

const limitsText = (limits: object): string =>
  Object.entries(limits)
    .map(([name, limit]) => `${name}=${limit}`)
    .join(',');

const minutely = (count: number) => ({ count, windowMs: 60_000 });

/** How much of it somebody may have. */
export const limitVariables = {
  RATE_LIMIT: variable({
    schema: rates.default(forEveryRole(minutely(10))),
    default: '`10/1m`',
    meaning:
      'how many answers a user may ask for in how long (`s`, `m`, `h`, `d`); `off`, or by role: `MEMBER=10/1m,ADMIN=off`',
  }),
  RUNNING_LIMIT: variable({
    schema: z
      .union(
        [z.literal('off').transform(() => null), wholeNumber(1, 100, '')],
        'give a number from 1 to 100, or off',
      )
      .default(2),
    default: '`2`',
    meaning:
      'how many answers may wait and run at once for a user in person, and for each API key of theirs; `off` for any number',
  }),
  QUOTA_DAY: variable({
    schema: tokens.default(forEveryRole<number>(null)),
    default: '`off`',
    meaning:
      'how many tokens a user may use in a day of UTC, prompts and answers together: `100000`, or by role: `MEMBER=100000,ADMIN=off`',
  }),
  QUOTA_MONTH: variable({
    schema: tokens.default(forEveryRole<number>(null)),
    default: '`off`',
    meaning: 'the same in a calendar month',
  }),
  QUOTA_RESERVE: variable({
    schema: wholeNumber(1, 100_000, 'give a number of tokens from 1 to 100000').default(64),
    default: '`64`',
    meaning:
      'tokens of a quota that are reserved for the text of an answer when it is asked for, beside its prompt: more let fewer answers run at once near the end of a quota',
  }),
  STORAGE_LIMIT: variable({
    schema: parsed(
      parseByRole(parseBytes),
      'give a size such as 200MB, off, or by role MEMBER=200MB,ADMIN=off',
    ).default({ ADMIN: null, MEMBER: 200e6, VIEWER: 200e6 }),
    default: '`MEMBER=200MB,VIEWER=200MB,ADMIN=off`',
    meaning:
      'how much a user may store in conversations (`KB`, `MB`, `GB`, `TB`); `off`, or by role: `MEMBER=1GB,ADMIN=off`',
  }),
  WRITE_LIMIT: variable({
    schema: rates.default(forEveryRole(minutely(120))),
    default: '`120/1m`',
    meaning: 'how many conversations a user may make or change, over all of their keys; as `RATE_LIMIT`',
  }),
  REQUEST_LIMIT: variable({
    schema: rates.default(forEveryRole(minutely(600))),
    default: '`600/1m`',
    meaning: 'how many requests, and operations on sockets, a user or an API key may send; as `RATE_LIMIT`',
  }),
  ADDRESS_LIMIT: variable({
    schema: z
      .union(
        [z.literal('off').transform(() => null), parsed(parseRate, '')],
        'give a rate such as 10/1m, or off',
      )
      .default(minutely(300)),
    default: '`300/1m`',
    meaning:
      'how many requests, and upgrades to sockets, may come from an address without authentication; of IPv6, from a /64 network; or `off`',
  }),
  CALLER_LIMITS: variable({
    schema: parsed(parseCallerLimits, callerLimitsForm).default(defaultCallerLimits),
    default: `\`${limitsText(defaultCallerLimits)}\``,
    meaning:
      'how much a caller may hold at once: connections of one replica without a running request (`idleConnections`, and `addressIdleConnections` from one address that is no trusted proxy; the longest idle are closed); sockets of one replica and, of these, sockets without authentication (`anonymousSockets`, each for `anonymousSeconds`); sockets and streams (subscriptions, completions, downloads) of a user, an API key and an anonymous address; running operations; bytes of one GraphQL answer, and of request bodies and unread answers (`bufferedBytes`); those not named stay as they are',
  }),
} as const;
