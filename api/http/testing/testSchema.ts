import { EventEmitter, on } from 'node:events';
import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import type { Accounts } from '../../accounts/service.ts';
import { Failure, unauthenticated } from '../../errors/failures.ts';
import type { Caller } from '../../graph/context.ts';

type TestContext = Caller & { readonly accounts: Accounts };

/** Emits `opened` and `closed` as subscribers of `ticks` come and go. Emit `tick` to publish an event to them. */
export const ticks = new EventEmitter().setMaxListeners(0);

const field = (resolve: (args: Record<string, unknown>, context: TestContext) => unknown) => ({
  type: GraphQLString,
  args: { username: { type: GraphQLString }, password: { type: GraphQLString }, n: { type: GraphQLInt } },
  resolve: (_root: unknown, args: Record<string, unknown>, context: TestContext) => resolve(args, context),
});

/** Returns an iterator that ends at once on `return()`, unlike a generator that waits for its next event. */
const readTicks = (): AsyncIterableIterator<unknown> => {
  const events = on(ticks, 'tick');
  ticks.emit('opened');
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const { done, value } = await events.next();
      return done ? { done, value: undefined } : { done, value: value[0] };
    },
    async return() {
      await events.return?.();
      ticks.emit('closed');
      return { done: true, value: undefined };
    },
  };
};

/** Creates a minimal schema, with one field per behaviour of the transports. */
export const testSchema = (): GraphQLSchema =>
  new GraphQLSchema({
    query: new GraphQLObjectType<unknown, TestContext>({
      name: 'Query',
      fields: {
        viewer: field((_args, { viewer }) => viewer?.user.username),
        requestId: field((_args, { requestId }) => requestId),
        guarded: field((_args, { viewer }) => {
          if (!viewer) throw unauthenticated();
          return 'secret';
        }),
        slowed: field(() => {
          throw new Failure('RATE_LIMITED', 'Slower.', { retryAfter: 3 });
        }),
        broken: field(() => {
          throw new Error('the password of the database is hunter2');
        }),
        needed: { ...field(() => null), type: new GraphQLNonNull(GraphQLString) },
      },
    }),
    mutation: new GraphQLObjectType<unknown, TestContext>({
      name: 'Mutation',
      fields: {
        signIn: field(async ({ username, password }, context) => {
          const setSessionCookie = context.openSessionCookie();
          const { token } = await context.accounts.signIn(String(username), String(password), context);
          setSessionCookie(token);
          return token;
        }),
        signOut: field(async (_args, { viewer, accounts, openSessionCookie }) => {
          openSessionCookie()(null);
          if (viewer) await accounts.signOutViewer(viewer);
        }),
      },
    }),
    subscription: new GraphQLObjectType<unknown, TestContext>({
      name: 'Subscription',
      fields: {
        ticks: { type: GraphQLString, subscribe: readTicks, resolve: (tick) => tick },
        guarded: {
          type: GraphQLString,
          subscribe: (_root, _args, { viewer }) => {
            if (!viewer) throw unauthenticated();
            return readTicks();
          },
          resolve: (tick) => tick,
        },
        broken: {
          type: GraphQLString,
          subscribe: async function* () {
            yield 'first';
            throw new Error('the password of the database is hunter2');
          },
          resolve: (tick) => tick,
        },
      },
    }),
  });
