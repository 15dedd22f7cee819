import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import type { DocumentCollection } from '../collection.ts';
import { CollectionRef, collectionBounds } from './collection.ts';
import { CollectionEdge, collectionEdge } from './collections.ts';

interface Payload {
  readonly collection: DocumentCollection;
}

builder.relayMutationField(
  'createCollection',
  {
    description: 'The collection to create.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'The name.', bounds: collectionBounds.name }),
      description: t.string({ description: 'What it is for.', bounds: collectionBounds.description }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Creates a collection of documents. `CONFLICT` if the viewer has 100 already.',
    resolve: async (_root, { input }, context): Promise<Payload> => ({
      collection: await context.collections.create(viewerOf(context), {
        name: input.name,
        description: input.description ?? null,
      }),
    }),
  },
  {
    description: 'The created collection.',
    outputFields: (t) => ({
      collection: t.field({
        type: CollectionRef,
        description: 'The collection.',
        resolve: ({ collection }: Payload) => collection,
      }),
      collectionEdge: t.field({
        type: CollectionEdge,
        description: 'The edge of the collection in `collections`.',
        resolve: ({ collection }: Payload) => collectionEdge(collection),
      }),
    }),
  },
);
