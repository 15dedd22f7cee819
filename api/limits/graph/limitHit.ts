import { builder } from '../../graph/builder.ts';
import { UserRef } from '../../graph/user.ts';
import type { LimitHits } from '../hits/hits.ts';

const LimitKindRef = builder.enumType('LimitKind', {
  description: 'What somebody may run into.',
  values: {
    GENERATION_RATE: { description: 'Answers asked for: `RATE_LIMIT`.' },
    RUNNING: { description: 'Answers that wait and run at once: `RUNNING_LIMIT`.' },
    QUOTA: {
      description: 'Tokens of a day or a month: `QUOTA_DAY`, `QUOTA_MONTH`, or what an administrator gave.',
    },
    STORAGE: { description: 'Bytes that may be stored: `STORAGE_LIMIT`.' },
    WRITE_RATE: { description: 'Conversations made and changed: `WRITE_LIMIT`.' },
    REQUEST_RATE: { description: 'Requests of who is signed in: `REQUEST_LIMIT`.' },
    ADDRESS_RATE: { description: 'Requests from an address that nobody is signed in from: `ADDRESS_LIMIT`.' },
    MESSAGE_RATE: { description: 'Messages on sockets.' },
    SOCKETS: { description: 'Open sockets: `CALLER_LIMITS`.' },
    STREAMS: { description: 'Open subscriptions, completions and downloads: `CALLER_LIMITS`.' },
    OPERATIONS: { description: 'Queries and mutations at once: `CALLER_LIMITS`.' },
    BUFFERED_BYTES: { description: 'Bytes of requests, and of answers that are not read: `CALLER_LIMITS`.' },
    SIGN_IN: { description: 'Failed sign-ins, which are slowed and then locked.' },
  } as const,
});

export const LimitHitRef = builder.objectRef<LimitHits>('LimitHit').implement({
  description: 'That somebody ran into a limit, all its times together.',
  fields: (t) => ({
    limit: t.field({ type: LimitKindRef, description: 'Which.', resolve: ({ limit }) => limit }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'Who; null where nobody was signed in, or that user is gone.',
      resolve: ({ userId }, _args, { loaders }) => (userId === null ? null : loaders.user.load(userId)),
    }),
    address: t.exposeString('address', {
      nullable: true,
      description: 'From where, where nobody was signed in: an IP address.',
    }),
    count: t.exposeFloat('count', { description: 'How often since `firstAt`.' }),
    firstAt: t.expose('firstAt', { type: 'DateTime', description: 'When first.' }),
    lastAt: t.expose('lastAt', {
      type: 'DateTime',
      description: 'When last. It is forgotten a day after.',
    }),
  }),
});
