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

/** Rate limits, quotas, and limits of the resources in use by a caller. */
export const limitVariables = {
  RATE_LIMIT: variable({
    schema: rates.default(forEveryRole(minutely(10))),
    default: '`10/1m`',
    meaning:
      'how many answers a user may request per period (`s`, `m`, `h`, `d`); `off`, or by role: `MEMBER=10/1m,ADMIN=off`',
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
      'how many answers may be queued or running at once, for each user in person and for each API key; `off`: no limit',
  }),
  QUOTA_DAY: variable({
    schema: tokens.default(forEveryRole<number>(null)),
    default: '`off`',
    meaning:
      'how many tokens a user may use per day (UTC), prompts and answers together: `100000`, or by role: `MEMBER=100000,ADMIN=off`',
  }),
  QUOTA_MONTH: variable({
    schema: tokens.default(forEveryRole<number>(null)),
    default: '`off`',
    meaning: 'the same per calendar month (UTC)',
  }),
  QUOTA_RESERVE: variable({
    schema: wholeNumber(1, 100_000, 'give a number of tokens from 1 to 100000').default(64),
    default: '`64`',
    meaning:
      'tokens of the quota that a new answer reserves for its text, in addition to its prompt; a higher value lets fewer answers run at once when a quota is nearly used up',
  }),
  STORAGE_LIMIT: variable({
    schema: parsed(
      parseByRole(parseBytes),
      'give a size such as 200MB, off, or by role MEMBER=200MB,ADMIN=off',
    ).default({ ADMIN: null, MEMBER: 200e6, VIEWER: 200e6 }),
    default: '`MEMBER=200MB,VIEWER=200MB,ADMIN=off`',
    meaning:
      'how much a user may store in conversations, attachments and presets (`KB`, `MB`, `GB`, `TB`); `off`, or by role: `MEMBER=1GB,ADMIN=off`',
  }),
  WRITE_LIMIT: variable({
    schema: rates.default(forEveryRole(minutely(120))),
    default: '`120/1m`',
    meaning:
      'how many conversations, attachments, collections and presets a user may create or change per period, API keys included; each call of an import counts; in the form of `RATE_LIMIT`',
  }),
  REQUEST_LIMIT: variable({
    schema: rates.default(forEveryRole(minutely(600))),
    default: '`600/1m`',
    meaning:
      'how many requests and socket operations a user or an API key may send per period; in the form of `RATE_LIMIT`',
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
      'how many unauthenticated requests and socket upgrades one address may send per period (IPv6: one /64 network); `off`: no limit',
  }),
  CALLER_LIMITS: variable({
    schema: parsed(parseCallerLimits, callerLimitsForm).default(defaultCallerLimits),
    default: `\`${limitsText(defaultCallerLimits)}\``,
    meaning:
      'limits of what is in use at a time. On one replica: connections without a running request (`idleConnections`, and `addressIdleConnections` from one address that is no trusted proxy; the longest idle ones are closed), new connections per second (`connectionsPerSecond` of all addresses from which no user has authenticated, `addressConnectionsPerSecond` of each of these, `userConnectionsPerSecond` of each other address, up to four times as many at once; more wait), `sockets`, and the unauthenticated ones among them (`anonymousSockets`, each for `anonymousSeconds`). On all replicas together: sockets and streams (subscriptions, completions, downloads) of a user, an API key and an anonymous address. For one caller on one replica: running `operations`, and bytes of request bodies and unread answers (`bufferedBytes`). For one GraphQL answer: `answerBytes`. Limits that are not named keep their default',
  }),
} as const;
