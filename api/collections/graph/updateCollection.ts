import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { DocumentCollection } from '../collection.ts';
import { CollectionRef, collectionBounds } from './collection.ts';

interface Payload {
  readonly collection: DocumentCollection;
}

builder.relayMutationField(
  'updateCollection',
  {
    description: 'The changes. Omitted fields stay unchanged.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the collection.' }),
      name: t.string({ description: 'The name.', bounds: collectionBounds.name }),
      description: t.string({
        description: 'What it is for; null for no description.',
        bounds: collectionBounds.description,
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Changes a collection of the viewer. Only administrators change shared ones.',
    resolve: async (_root, { input }, context): Promise<Payload> => {
      const { id, name, description } = input;
      const patch = {
        ...(typeof name === 'string' && { name }),
        ...(description !== undefined && { description }),
      };
      const collection = await context.collections.update(
        viewerOf(context),
        decodeId('Collection', id),
        patch,
      );
      return { collection };
    },
  },
  {
    description: 'The changed collection.',
    outputFields: (t) => ({
      collection: t.field({
        type: CollectionRef,
        description: 'The collection after the change.',
        resolve: ({ collection }: Payload) => collection,
      }),
    }),
  },
);
