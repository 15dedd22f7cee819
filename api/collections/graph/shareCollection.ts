import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { DocumentCollection } from '../collection.ts';
import { CollectionRef } from './collection.ts';

interface Payload {
  readonly collection: DocumentCollection;
}

builder.relayMutationField(
  'shareCollection',
  {
    description: 'The collection to share.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the collection.' }) }),
  },
  {
    authScopes: { may: 'shareCollections' },
    description:
      'Shares a collection of the viewer with everyone, who may then read and search it. Only administrators share.',
    resolve: async (_root, { input }, context): Promise<Payload> => ({
      collection: await context.collections.share(viewerOf(context), decodeId('Collection', input.id)),
    }),
  },
  {
    description: 'The shared collection.',
    outputFields: (t) => ({
      collection: t.field({
        type: CollectionRef,
        description: 'The collection after the change.',
        resolve: ({ collection }: Payload) => collection,
      }),
    }),
  },
);
