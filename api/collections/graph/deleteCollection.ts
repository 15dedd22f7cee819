import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'deleteCollection',
  {
    description: 'The collection to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the collection.' }) }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description:
      'Permanently deletes a collection of the viewer, with its documents. Documents that were sent in a message stay there.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Collection', input.id);
      await context.collections.delete(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'The deleted collection.',
    outputFields: (t) => ({
      deletedCollectionId: t.id({
        description: 'The id of the deleted collection.',
        resolve: ({ id }: { id: string }) => encodeId('Collection', id),
      }),
    }),
  },
);
