import { types } from 'node:util';
import { Failure, serviceUnavailable } from '../errors/failures.ts';

/**
 * Answers of a server that can't serve for now: it loads, is a replica, has no memory, disk or quorum, runs a long script,
 * or refuses our credentials. Scripts of Redis 6 put their own text before the code.
 */
const unavailableReply =
  /^(?:ERR .*-)?(?:LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|NOMASTERLINK|TRYAGAIN|OOM|MISCONF|NOREPLICAS|BUSY|UNBLOCKED|INPROG|NOAUTH|WRONGPASS|MOVED|ASK|ERR max number of clients) /;

/** Mistakes of this program: errors of the language and of a reply's shape, and calls that ioredis refuses. */
const mistakes = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'ZodError']);
const refusedCall =
  /^(?:Invalid argument|All (?:the )?keys in|Connection is in monitoring mode|Connection in subscriber mode|Pipeline cannot be used)/;

/** Redis is unavailable: a failure that says to try again. */
export const redisUnavailable = (cause?: unknown): Failure =>
  serviceUnavailable(
    'The service can take no work at the moment: its Redis is unavailable. Try again shortly.',
    cause === undefined ? undefined : { cause },
  );

/**
 * What an error of a call to Redis means: `unavailable`, the same call may succeed later, but may have been done already;
 * or `bug`. ioredis and BullMQ throw plain errors for lost connections and timeouts, so what isn't known to be a mistake
 * is an outage.
 */
export const classifyError = (error: unknown): 'unavailable' | 'bug' => {
  if (!types.isNativeError(error) && !(error instanceof Error)) return 'bug';
  if (error.name === 'ReplyError') return unavailableReply.test(`${error.message} `) ? 'unavailable' : 'bug';
  const isMistake = mistakes.has(error.name) || refusedCall.test(error.message);
  return isMistake ? 'bug' : 'unavailable';
};

/** The failure to throw for an error of a call to Redis; a bug stays the error that it is. */
export const asFailure = (error: unknown): unknown => {
  if (error instanceof Failure) return error;
  return classifyError(error) === 'unavailable' ? redisUnavailable(error) : error;
};
