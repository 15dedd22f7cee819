import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { DocumentCollection } from '../collection.ts';
import { CollectionRef } from './collection.ts';

interface Payload {
  readonly collection: DocumentCollection;
}

builder.relayMutationField(
  'withdrawCollection',
  {
    description: 'The collection to withdraw.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the collection.' }) }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description:
      'Ends the sharing of a collection. Its owner withdraws it, and administrators withdraw every one. Conversations that chose it search it no longer.',
    resolve: async (_root, { input }, context): Promise<Payload> => ({
      collection: await context.collections.withdraw(viewerOf(context), decodeId('Collection', input.id)),
    }),
  },
  {
    description: 'The withdrawn collection.',
    outputFields: (t) => ({
      collection: t.field({
        type: CollectionRef,
        description: 'The collection after the change.',
        resolve: ({ collection }: Payload) => collection,
      }),
    }),
  },
);
