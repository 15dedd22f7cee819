import type { Store } from '@envelop/rate-limiter';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { type Failure, isUnavailable } from '../../../errors/failures.ts';
import { type Limits, rateLimited } from '../../../limits/limits.ts';
import type { Counter, RateLimitRule } from './rateLimitRules.ts';

/** `max` of every field: the store answers with one call or none, because rates differ by role. */
export const maxCalls = 1;

/** The rejections kept until their message is written, which is in the same tick. */
const maxRejections = 1000;

type Identity = Parameters<Store['getForIdentity']>[0];

/** A store of `@envelop/rate-limiter` over the atomic counters of `Limits`. */
export interface RateLimitStore extends Store {
  /** Returns the failure of the last rejected call with this `fieldIdentity`. */
  failureOf(fieldIdentity: string): Failure | undefined;
}

export interface RateLimitStoreDeps {
  readonly limits: Limits;
  readonly ruleOf: (field: string) => RateLimitRule | undefined;
  readonly log: Logger;
}

/**
 * Creates a store that decides as it reads: the package would read, compare and write in three steps, and of many
 * concurrent calls too many would pass. While the counters are unavailable every call is allowed: what must not go on
 * then is rejected by its service.
 */
export const createRateLimitStore = ({ limits, ruleOf, log }: RateLimitStoreDeps): RateLimitStore => {
  const rejections = new LRUCache<string, Failure>({ max: maxRejections });

  const check = async (fieldIdentity: string, rule: RateLimitRule, { key, rate }: Counter) => {
    try {
      const result = await (rule.readOnly ? limits.peek(key, rate) : limits.consume(key, rate));
      if (result.isAllowed) return [];
      rejections.set(fieldIdentity, rateLimited(rule.message, result, rate));
      // A call that never leaves the window, regardless of this machine's clock.
      return [Number.POSITIVE_INFINITY];
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      log.debug({ err: error }, 'rate limits: counters unavailable, call allowed');
      return [];
    }
  };

  return {
    getForIdentity({ fieldIdentity }: Identity) {
      const [field, identity] = splitOnce(fieldIdentity, ':');
      const [rule, counter] = [ruleOf(field), parseIdentity(identity)];
      return rule && counter ? check(fieldIdentity, rule, counter) : [];
    },
    setForIdentity() {},
    failureOf: (fieldIdentity) => rejections.get(fieldIdentity),
  };
};

/** Writes a counter as the identity of a caller at a field: `10/60000 generations:ID`. Empty: unlimited. */
export const identityOf = (counter: Counter | null): string =>
  counter ? `${counter.rate.count}/${counter.rate.windowMs} ${counter.key}` : '';

const parseIdentity = (identity: string): Counter | null => {
  const [rate, key] = splitOnce(identity, ' ');
  const [count, windowMs] = splitOnce(rate, '/');
  return key === '' ? null : { key, rate: { count: Number(count), windowMs: Number(windowMs) } };
};

const splitOnce = (text: string, separator: string): [string, string] => {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
};
