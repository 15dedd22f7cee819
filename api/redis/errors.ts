import { types } from 'node:util';
import { Failure, serviceUnavailable } from '../errors/failures.ts';

/**
 * Error replies of a server that can't serve now: it is loading, a replica, out of memory, disk or quorum, busy with a
 * script, or rejects our credentials. In scripts, Redis 6 puts its own text before the code.
 */
const unavailableReply =
  /^(?:ERR .*-)?(?:LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|NOMASTERLINK|TRYAGAIN|OOM|MISCONF|NOREPLICAS|BUSY|UNBLOCKED|INPROG|NOAUTH|WRONGPASS|MOVED|ASK|ERR max number of clients) /;

/** Bugs of this program: errors of the language or of a reply's shape, and calls that ioredis rejects. */
const bugNames = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'ZodError']);
const rejectedCall =
  /^(?:Invalid argument|All (?:the )?keys in|Connection is in monitoring mode|Connection in subscriber mode|Pipeline cannot be used)/;

/** Creates the `SERVICE_UNAVAILABLE` failure for an outage of Redis. */
export const redisUnavailable = (cause?: unknown): Failure =>
  serviceUnavailable(
    'The service can’t accept requests at the moment: its Redis is unavailable. Try again shortly.',
    cause === undefined ? undefined : { cause },
  );

/**
 * Classifies an error of a call to Redis. `unavailable`: the call may succeed later, and may have been executed already.
 * `bug`: it won't succeed. ioredis and BullMQ throw plain errors for lost connections and timeouts, so every error that isn't
 * a known bug counts as an outage.
 */
export const classifyError = (error: unknown): 'unavailable' | 'bug' => {
  if (!types.isNativeError(error) && !(error instanceof Error)) return 'bug';
  if (error.name === 'ReplyError') return unavailableReply.test(`${error.message} `) ? 'unavailable' : 'bug';
  const isBug = bugNames.has(error.name) || rejectedCall.test(error.message);
  return isBug ? 'bug' : 'unavailable';
};

/** Returns the error to throw for an error of a call to Redis: a failure for an outage, a bug unchanged. */
export const asFailure = (error: unknown): unknown => {
  if (error instanceof Failure) return error;
  return classifyError(error) === 'unavailable' ? redisUnavailable(error) : error;
};
