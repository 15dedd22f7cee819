import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId, encodeId } from '../../../graph/globalIds.ts';

builder.relayMutationField(
  'deleteUser',
  {
    description: 'The user to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the user.' }) }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description:
      'Permanently deletes a user with all their conversations, messages and sessions, and cancels their running generations. `CONFLICT` for the last active administrator.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('User', input.id);
      await context.accounts.users.delete(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'The deleted user.',
    outputFields: (t) => ({
      deletedUserId: t.id({
        description: 'The id of the deleted user.',
        resolve: ({ id }: { id: string }) => encodeId('User', id),
      }),
    }),
  },
);
