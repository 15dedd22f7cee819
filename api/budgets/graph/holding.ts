import { builder } from '../../graph/builder.ts';
import { UserRef } from '../../graph/user.ts';
import type { Holding } from '../budget.ts';

const ResourceRef = builder.enumType('HeldResource', {
  description: 'A resource that callers hold, each with a limit in `CALLER_LIMITS`.',
  values: {
    SOCKETS: { description: 'Open sockets, on all replicas.' },
    STREAMS: { description: 'Open subscriptions, completions and downloads, on all replicas.' },
    OPERATIONS: { description: 'Running queries and mutations, on the replica that answers.' },
    BUFFERED_BYTES: {
      description:
        'Bytes of request bodies, and of answers that are not read yet, on the replica that answers.',
    },
  } as const,
});

const HolderKindRef = builder.enumType('HolderKind', {
  description: 'By what a holder is counted.',
  values: {
    USER: { description: 'A user, all API keys of the user included.' },
    KEY: { description: 'One API key.' },
    ADDRESS: { description: 'Anonymous callers of one IP address; of IPv6, one /64 network.' },
  } as const,
});

export const HoldingRef = builder.objectRef<Holding>('Holding').implement({
  description: 'What one caller holds of one resource now.',
  fields: (t) => ({
    resource: t.field({ type: ResourceRef, description: 'The resource.', resolve: (held) => held.resource }),
    kind: t.field({
      type: HolderKindRef,
      description: 'By what it is counted.',
      resolve: (held) => held.holder.kind,
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The user, where it is counted by user.',
      resolve: ({ holder: { kind, id } }, _args, { loaders }) =>
        kind === 'USER' ? loaders.user.load(id) : null,
    }),
    key: t.string({
      nullable: true,
      description: 'The plain id of the API key, where it is counted by key.',
      resolve: ({ holder: { kind, id } }) => (kind === 'KEY' ? id : null),
    }),
    address: t.string({
      nullable: true,
      description: 'The IP address or network, where it is counted by address.',
      resolve: ({ holder: { kind, id } }) => (kind === 'ADDRESS' ? id : null),
    }),
    amount: t.float({ description: 'How much is held.', resolve: ({ amount }) => amount }),
  }),
});
