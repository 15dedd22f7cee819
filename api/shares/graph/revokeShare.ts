import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'revokeShare',
  {
    description: 'The shared link to revoke.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the shared link.' }) }),
  },
  {
    authScopes: { may: 'shareConversations' },
    description: 'Revokes a shared link, so that it no longer works. `FORBIDDEN` for API keys.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Share', input.id);
      await context.shares.revoke(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'The revoked link.',
    outputFields: (t) => ({
      deletedShareId: t.id({
        description: 'The id of the revoked link.',
        resolve: ({ id }: { id: string }) => encodeId('Share', id),
      }),
    }),
  },
);
