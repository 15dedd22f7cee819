import { builder } from '../../graph/builder.ts';
import { UserRef } from '../../graph/user.ts';
import type { LimitHitSummary } from '../hits/store.ts';

const LimitKindRef = builder.enumType('LimitKind', {
  description: 'A limit that callers can exceed.',
  values: {
    GENERATION_RATE: { description: 'The rate of generations: `RATE_LIMIT`.' },
    RUNNING: { description: 'Queued and running generations at once: `RUNNING_LIMIT`.' },
    QUOTA: {
      description: "Tokens per day or month: `QUOTA_DAY`, `QUOTA_MONTH`, or the user's own quota.",
    },
    STORAGE: { description: 'Stored bytes: `STORAGE_LIMIT`.' },
    WRITE_RATE: { description: 'The rate of changes to conversations: `WRITE_LIMIT`.' },
    REQUEST_RATE: { description: 'The rate of requests of a user: `REQUEST_LIMIT`.' },
    ADDRESS_RATE: { description: 'The rate of anonymous requests from an IP address: `ADDRESS_LIMIT`.' },
    CONNECTION_RATE: {
      description: 'The rate of new connections from an IP address or /64 network: `CALLER_LIMITS`.',
    },
    MESSAGE_RATE: { description: 'The rate of messages on sockets.' },
    SOCKETS: { description: 'Open sockets: `CALLER_LIMITS`.' },
    STREAMS: { description: 'Open subscriptions, completions and downloads: `CALLER_LIMITS`.' },
    OPERATIONS: { description: 'Concurrent queries and mutations: `CALLER_LIMITS`.' },
    BUFFERED_BYTES: { description: 'Buffered bytes of requests and unread responses: `CALLER_LIMITS`.' },
    SIGN_IN: { description: 'Failed sign-ins, which are first delayed and then blocked.' },
  } as const,
});

export const LimitHitRef = builder.objectRef<LimitHitSummary>('LimitHit').implement({
  description: 'All times that one caller exceeded one limit.',
  fields: (t) => ({
    limit: t.field({ type: LimitKindRef, description: 'The limit.', resolve: ({ limit }) => limit }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The user; null for an anonymous caller, or if the user was deleted.',
      resolve: ({ userId }, _args, { loaders }) => (userId === null ? null : loaders.user.load(userId)),
    }),
    address: t.exposeString('address', {
      nullable: true,
      description: 'The IP address of an anonymous caller; null for users.',
    }),
    count: t.exposeFloat('count', { description: 'The number of times since `firstAt`.' }),
    firstAt: t.expose('firstAt', { type: 'DateTime', description: 'The first time.' }),
    lastAt: t.expose('lastAt', {
      type: 'DateTime',
      description: 'The latest time. The record expires one day later.',
    }),
  }),
});
