import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Viewer } from '../../access/viewer.ts';
import { Failure } from '../../errors/failures.ts';
import type { RecordLimitHit } from '../../limits/hits/log.ts';
import { limitedCaller, type RequestRates, requestRateOf } from '../../limits/limitedCaller.ts';
import { type Limits, type RateResult, rateLimited, secondsOf } from '../../limits/limits.ts';
import type { Exchange } from './exchange.ts';

export interface RequestLimitDeps extends RequestRates {
  readonly limits: Limits;
  readonly recordLimitHit: RecordLimitHit;
  readonly log: Logger;
}

/** The rate limit of requests, and of operations on sockets. */
export interface RequestLimit {
  /** Sets the `RateLimit-*` headers. Throws `RATE_LIMITED` with `retryAfter`, in seconds. */
  request(exchange: Exchange): Promise<void>;
  /** The same for an operation on a socket, and for the upgrade to one. */
  operation(viewer: Viewer | null, address: string | null): Promise<void>;
}

export const createRequestLimit = (deps: RequestLimitDeps): RequestLimit => {
  const { limits, recordLimitHit, log } = deps;

  const consume = async (viewer: Viewer | null, address: string | null): Promise<RateResult | null> => {
    const rate = requestRateOf(deps, viewer);
    if (!rate) return null;
    try {
      const result = await limits.consume(`requests:${limitedCaller(viewer, address)}`, rate);
      if (!result.isAllowed) {
        recordLimitHit(
          viewer
            ? { limit: 'REQUEST_RATE', userId: viewer.user.id, address: null }
            : { limit: 'ADDRESS_RATE', userId: null, address },
        );
        throw rateLimited('Too many requests', result, rate);
      }
      return result;
    } catch (error) {
      if (error instanceof Failure && error.code === 'RATE_LIMITED') throw error;
      // Reads continue while Redis is unavailable; operations that must not are rejected by their services.
      log.debug({ err: error }, 'request limit: request not counted, allowing it');
      return null;
    }
  };

  return {
    async request(exchange) {
      const { response, address } = exchange;
      // Invalid credentials count as anonymous here; they are rejected later.
      const viewer = await exchange.caller().then(
        (caller) => caller.viewer,
        () => null,
      );
      try {
        const result = await consume(viewer, address);
        if (result) setHeaders(response, result);
      } catch (error) {
        const retryAfter = error instanceof Failure ? Number(error.details.retryAfter) : 1;
        response.setHeader('RateLimit-Remaining', 0);
        response.setHeader('RateLimit-Reset', retryAfter);
        throw error;
      }
    },
    async operation(viewer, address) {
      await consume(viewer, address);
    },
  };
};

/** Sets the three fields of an early IETF draft on RateLimit headers, the form most clients know. */
const setHeaders = (response: ServerResponse, { limit, remaining, resetMs }: RateResult): void => {
  response.setHeader('RateLimit-Limit', limit);
  response.setHeader('RateLimit-Remaining', remaining);
  response.setHeader('RateLimit-Reset', secondsOf(resetMs));
};
