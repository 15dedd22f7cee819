import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RecordLimitHit } from '../../../limits/hits/log.ts';
import { executedOperation } from '../plugins/executedOperation.ts';
import type { RateLimitedCaller, RateLimitRule } from './rateLimitRules.ts';
import { identityOf, maxCalls, type RateLimitStore } from './rateLimitStore.ts';

export interface SubscriptionRateLimitsDeps {
  readonly rules: readonly RateLimitRule[];
  readonly store: RateLimitStore;
  readonly recordLimitHit: RecordLimitHit;
}

/** What `useRateLimiter` adds to the context. Resolves to the message of a rejection. */
interface LimiterContext extends RateLimitedCaller {
  readonly rateLimiterFn: (
    field: string,
    execution: { readonly args: Record<string, unknown>; readonly context: unknown },
    config: { readonly identityArgs: readonly string[]; readonly max: number; readonly readOnly: boolean },
  ) => Promise<string | undefined> | string | undefined;
}

/** Applies the rules to subscriptions, over SSE and sockets: `@envelop/rate-limiter` has no hook for them. */
export const useSubscriptionRateLimits = (deps: SubscriptionRateLimitsDeps): Plugin => {
  const { store, recordLimitHit } = deps;
  const rules = new Map(
    deps.rules.flatMap((rule) =>
      rule.type === 'Subscription' ? rule.fields.map((field) => [field, rule] as const) : [],
    ),
  );

  return {
    async onSubscribe({ args, setResultAndStopExecution }) {
      const context = args.contextValue as unknown as LimiterContext;
      const { document, variableValues } = executedOperation(args);
      for (const { node, field } of rootFields(args.schema, document)) {
        const rule = rules.get(field.name);
        if (!rule) continue;
        const given = getArgumentValues(field, node, { ...variableValues });
        const identifier = identityOf(rule.counter(context, given));
        const message = await context.rateLimiterFn(
          field.name,
          { args: { ...given, identifier }, context },
          { identityArgs: ['identifier'], max: maxCalls, readOnly: rule.readOnly },
        );
        if (message === undefined) continue;
        recordLimitHit(rule.hit(context));
        const failure = store.failureOf(message);
        setResultAndStopExecution({ errors: [new GraphQLError(message, { originalError: failure })] });
      }
    },
  };
};

/** Returns the root fields in a document, those in its fragments included. */
const rootFields = (schema: GraphQLSchema, document: DocumentNode) => {
  const types = new TypeInfo(schema);
  const found: { readonly node: FieldNode; readonly field: GraphQLField<unknown, unknown> }[] = [];
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const field = types.getFieldDef();
        if (field && types.getParentType() === schema.getSubscriptionType()) found.push({ node, field });
        return false;
      },
    }),
  );
  return found;
};
