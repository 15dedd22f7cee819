import type { ByRole } from '../../../access/byRole.ts';
import type { Viewer } from '../../../access/viewer.ts';
import type { Rate } from '../../../config/values/rate.ts';
import type { LimitHit } from '../../../limits/hits/store.ts';
import {
  generationsKey,
  limitedCaller,
  type RequestRates,
  requestRateOf,
  tooManyGenerations,
} from '../../../limits/limitedCaller.ts';

export interface RateLimitRates extends RequestRates {
  /** The rate of generations, by role. */
  readonly generationRates: ByRole<Rate>;
}

/** The part of an operation's context that identifies its caller. */
export interface RateLimitedCaller {
  readonly viewer: Viewer | null;
  readonly address: string | null;
}

type Arguments = Readonly<Record<string, unknown>>;

/** A counter of `Limits`, with its rate. */
export interface Counter {
  readonly key: string;
  readonly rate: Rate;
}

/** A rate limit on fields. */
export interface RateLimitRule {
  readonly type: 'Query' | 'Mutation' | 'Subscription';
  readonly fields: readonly string[];
  /** The first half of the message of `RATE_LIMITED`. */
  readonly message: string;
  /** Whether the service behind the field counts the call, for all request surfaces. The plugin then only looks. */
  readonly readOnly: boolean;
  /** Returns the counter of one use of a field; null: unlimited. */
  counter(caller: RateLimitedCaller, args: Arguments): Counter | null;
  /** Returns the event to note when a caller exceeds the limit. */
  hit(caller: RateLimitedCaller): LimitHit;
}

/**
 * Returns the rate limits of GraphQL fields.
 *
 * Generations are counted by the service that starts them, in one atomic step for GraphQL, REST and OpenAI.
 * Sign-ins, searches, previews, estimates of batches, Docker commands and pulls are counted here, each use of a field by itself, at the rate of requests: a request can
 * have a field many times, by aliases.
 */
export const rateLimitRules = (rates: RateLimitRates): readonly RateLimitRule[] => {
  const perRequestRate = (
    name: string,
    message: string,
    isLimited: (args: Arguments) => boolean = () => true,
  ): Omit<RateLimitRule, 'type' | 'fields'> => ({
    message,
    readOnly: false,
    counter({ viewer, address }, args) {
      const rate = requestRateOf(rates, viewer);
      return rate && isLimited(args) ? { key: `${name}:${limitedCaller(viewer, address)}`, rate } : null;
    },
    hit: ({ viewer, address }) =>
      viewer
        ? { limit: 'REQUEST_RATE', userId: viewer.user.id, address: null }
        : { limit: 'ADDRESS_RATE', userId: null, address },
  });
  const pulls = perRequestRate('pulls', 'Too many model pulls');

  return [
    {
      type: 'Mutation',
      fields: ['generate', 'regenerate', 'editMessage', 'continueAnswer', 'continueGeneration', 'embed'],
      message: tooManyGenerations,
      readOnly: true,
      counter({ viewer }, { input }) {
        const rate = viewer && rates.generationRates[viewer.user.role];
        // A repeated request returns the generation that it started before: only the service can tell.
        if (!rate || hasIdempotencyKey(input)) return null;
        return { key: generationsKey(viewer.user.id), rate };
      },
      hit: ({ viewer }) => ({ limit: 'GENERATION_RATE', userId: viewer?.user.id ?? null, address: null }),
    },
    {
      type: 'Mutation',
      fields: ['signIn', 'acceptInvite', 'choosePassword', 'changePassword'],
      ...perRequestRate('signIns', 'Too many sign-ins'),
    },
    {
      type: 'Query',
      fields: ['conversations', 'searchMessages', 'tags', 'users'],
      ...perRequestRate('searches', 'Too many searches', ({ search, words }) => Boolean(search || words)),
    },
    {
      type: 'Query',
      fields: ['presetPreview'],
      ...perRequestRate('previews', 'Too many previews'),
    },
    {
      type: 'Mutation',
      fields: ['estimateBatch'],
      ...perRequestRate('estimates', 'Too many estimates of batches'),
    },
    {
      type: 'Mutation',
      fields: ['runDockerCommand', 'requestDockerCommand'],
      ...perRequestRate('docker', 'Too many Docker commands'),
    },
    { type: 'Mutation', fields: ['pullModel'], ...pulls },
    { type: 'Subscription', fields: ['modelPull'], ...pulls },
  ];
};

const hasIdempotencyKey = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'idempotencyKey' in input && Boolean(input.idempotencyKey);
