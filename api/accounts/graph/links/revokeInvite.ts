import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId, encodeId } from '../../../graph/globalIds.ts';

builder.relayMutationField(
  'revokeInvite',
  {
    description: 'The invite to revoke.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the invite.' }) }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description: 'Revokes an invite, so that its link no longer works.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Invite', input.id);
      await context.accounts.oneTimeLinks.revokeInvite(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'The revoked invite.',
    outputFields: (t) => ({
      deletedInviteId: t.id({
        description: 'The id of the revoked invite.',
        resolve: ({ id }: { id: string }) => encodeId('Invite', id),
      }),
    }),
  },
);
