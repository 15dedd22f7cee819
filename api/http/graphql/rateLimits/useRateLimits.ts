import { useRateLimiter } from '@envelop/rate-limiter';
import { type DocumentNode, GraphQLError, Kind, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import { Failure } from '../../../errors/failures.ts';
import type { RecordLimitHit } from '../../../limits/hits/log.ts';
import { limitedCaller } from '../../../limits/limitedCaller.ts';
import type { Limits } from '../../../limits/limits.ts';
import type { Exchange } from '../../server/exchange.ts';
import { executedOperation } from '../plugins/executedOperation.ts';
import { type RateLimitedCaller, type RateLimitRates, rateLimitRules } from './rateLimitRules.ts';
import { createRateLimitStore, identityOf, maxCalls } from './rateLimitStore.ts';
import { useSubscriptionRateLimits } from './useSubscriptionRateLimits.ts';

export interface RateLimitsDeps extends RateLimitRates {
  readonly limits: Limits;
  readonly recordLimitHit: RecordLimitHit;
  readonly log: Logger;
}

/** The failure of a rejection that the store no longer remembers: its identity must not become the message. */
const unknownRejection = new Failure('RATE_LIMITED', 'Too many requests. Try again in 1 s.', {
  retryAfter: 1,
});

/**
 * Enforces the rate limits of GraphQL fields over HTTP, SSE and sockets, by `@envelop/rate-limiter`. A rejected operation
 * answers `RATE_LIMITED` with `retryAfter`, in whole seconds, at the path of the field.
 */
export const useRateLimits = (deps: RateLimitsDeps): readonly Plugin[] => {
  const { limits, recordLimitHit, log } = deps;
  const rules = rateLimitRules(deps);
  const byField = new Map(rules.flatMap((rule) => rule.fields.map((field) => [field, rule] as const)));
  const store = createRateLimitStore({ limits, ruleOf: (field) => byField.get(field), log });

  const limiter = useRateLimiter({
    store,
    identifyFn: (context) => {
      const { viewer, address } = context as RateLimitedCaller;
      return limitedCaller(viewer, address);
    },
    configByField: rules
      .filter(({ type }) => type !== 'Subscription')
      .flatMap(({ type, fields, readOnly, counter }) =>
        fields.map((field) => ({
          type,
          field,
          max: maxCalls,
          readOnly,
          identifyFn: (context: unknown, args: Record<string, unknown>) =>
            identityOf(counter(context as RateLimitedCaller, args)),
        })),
      ),
    // The message of a rejection is what `failureOf` knows it by.
    formatError: ({ fieldIdentity = '' }) => fieldIdentity,
    onRateLimitError: ({ context, field }) => {
      const rule = byField.get(field.name);
      if (rule) recordLimitHit(rule.hit(context as RateLimitedCaller));
    },
  }) as Plugin;

  /** The package leaves the path empty where the store is asynchronous. The limited fields are root fields. */
  const rejected = ({ message, nodes }: GraphQLError): GraphQLError => {
    const failure = store.failureOf(message) ?? unknownRejection;
    const [node] = nodes ?? [];
    const path = node?.kind === Kind.FIELD ? [(node.alias ?? node.name).value] : [];
    return new GraphQLError(failure.message, { nodes, path, originalError: failure });
  };

  const limited = new WeakMap<DocumentNode, boolean>();
  /** Remembered for each document, so that a plain query isn't visited again. */
  const hasLimitedField = (document: DocumentNode): boolean => {
    const known = limited.get(document);
    if (known !== undefined) return known;
    let found = false;
    visit(document, {
      Field({ name }) {
        found ||= byField.has(name.value);
      },
    });
    limited.set(document, found);
    return found;
  };

  return [
    {
      ...limiter,
      onExecute(payload) {
        const { args } = payload;
        if (!hasLimitedField(args.document)) return undefined;
        const decided = limiter.onExecute?.({
          ...payload,
          // The package counts the fields of all operations in the document, and knows no defaults of variables.
          args: { ...args, ...executedOperation(args) },
          setResultAndStopExecution: (result) => {
            const { errors = [] } = result as { readonly errors?: readonly GraphQLError[] };
            payload.setResultAndStopExecution({ data: null, errors: errors.map(rejected) });
          },
        });
        // The caller's next request doesn't wait for the counters.
        (args.contextValue as { readonly exchange?: Exchange }).exchange?.releaseSlot();
        return decided;
      },
    },
    useSubscriptionRateLimits({ rules, store, recordLimitHit }),
  ];
};
