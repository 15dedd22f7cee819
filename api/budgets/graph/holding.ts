import { builder } from '../../graph/builder.ts';
import { UserRef } from '../../graph/user.ts';
import type { Holding } from '../budget.ts';

export const ResourceRef = builder.enumType('HeldResource', {
  description:
    'A resource that callers hold, each with a limit: in `CALLER_LIMITS`, unless it says otherwise.',
  values: {
    SOCKETS: { description: 'Open sockets, on all replicas.' },
    STREAMS: { description: 'Open subscriptions, completions and downloads, on all replicas.' },
    OPERATIONS: { description: 'Running queries and mutations, on the replica that serves this request.' },
    BUFFERED_BYTES: {
      description:
        'Bytes of request bodies and of responses that clients have not read yet, on the replica that serves this request.',
    },
    RUNNING_ANSWERS: {
      description: 'Queued and running answers, on all replicas. Limit: `RUNNING_LIMIT`.',
    },
    RESERVED_TOKENS: {
      description:
        'Tokens that unfinished answers of users with a quota have reserved, on all replicas. Limits: `QUOTA_DAY`, `QUOTA_MONTH`.',
    },
    STORED_BYTES: {
      description: 'Stored bytes of conversations and generations. Limit: `STORAGE_LIMIT`.',
    },
  } as const,
});

const HolderKindRef = builder.enumType('HolderKind', {
  description: 'How a holder is identified.',
  values: {
    USER: { description: 'A user, including all their API keys.' },
    KEY: { description: 'One API key.' },
    ADDRESS: { description: 'Anonymous callers of one IPv4 address or one IPv6 /64 network.' },
  } as const,
});

export const HoldingRef = builder.objectRef<Holding>('Holding').implement({
  description: 'The amount of one resource that one caller holds now.',
  fields: (t) => ({
    resource: t.field({ type: ResourceRef, description: 'The resource.', resolve: (held) => held.resource }),
    kind: t.field({
      type: HolderKindRef,
      description: 'How the holder is identified.',
      resolve: (held) => held.holder.kind,
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The user, if `kind` is `USER`.',
      resolve: ({ holder: { kind, id } }, _args, { loaders }) =>
        kind === 'USER' ? loaders.user.load(id) : null,
    }),
    key: t.string({
      nullable: true,
      description: 'The internal id of the API key, if `kind` is `KEY`.',
      resolve: ({ holder: { kind, id } }) => (kind === 'KEY' ? id : null),
    }),
    address: t.string({
      nullable: true,
      description: 'The IP address or network, if `kind` is `ADDRESS`.',
      resolve: ({ holder: { kind, id } }) => (kind === 'ADDRESS' ? id : null),
    }),
    amount: t.float({ description: 'The amount held: a count, or bytes.', resolve: ({ amount }) => amount }),
  }),
});
