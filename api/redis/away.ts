import { engineUnavailable, Failure } from '../failures.ts';

/** What a server says that is there but can't serve for now: it loads, is a replica, has no memory or no quorum. */
const passing = /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|OOM|MISCONF|NOREPLICAS|BUSY|UNBLOCKED) /;

/** Redis is away: an `ENGINE_UNAVAILABLE` that says to try again. */
export const redisAway = (cause?: unknown): Failure =>
  engineUnavailable(
    'The service can take no work at the moment: its Redis is away. Try again shortly.',
    cause === undefined ? undefined : { cause },
  );

/**
 * What to throw for an error of the driver. All but an answer that finds fault with the command means that Redis is
 * away; such an answer is a mistake of ours and stays what it is.
 */
export const asFailure = (error: unknown): unknown => {
  if (error instanceof Failure) return error;
  return error instanceof Error && error.name === 'ReplyError' && !passing.test(error.message)
    ? error
    : redisAway(error);
};
