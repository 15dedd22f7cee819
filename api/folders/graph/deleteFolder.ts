import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'deleteFolder',
  {
    description: 'The folder to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the folder.' }) }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Deletes a folder. Its conversations stay, in no folder.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Folder', input.id);
      await context.folders.delete(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'The deleted folder.',
    outputFields: (t) => ({
      deletedFolderId: t.id({
        description: 'The id of the deleted folder.',
        resolve: ({ id }: { id: string }) => encodeId('Folder', id),
      }),
    }),
  },
);
