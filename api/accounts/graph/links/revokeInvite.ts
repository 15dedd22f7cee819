import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId, encodeId } from '../../../graph/globalIds.ts';

builder.relayMutationField(
  'revokeInvite',
  {
    description: 'Which invite to take back.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The invite.' }) }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description: 'Takes an invite back: nobody can accept it any more.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Invite', input.id);
      await context.accounts.links.revokeInvite(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'What was taken back.',
    outputFields: (t) => ({
      deletedInviteId: t.id({
        description: 'The id that is no longer.',
        resolve: ({ id }: { id: string }) => encodeId('Invite', id),
      }),
    }),
  },
);
