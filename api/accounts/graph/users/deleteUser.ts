import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { decodeId, encodeId } from '../../../graph/globalIds.ts';

builder.relayMutationField(
  'deleteUser',
  {
    description: 'Who is to be deleted.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The user.' }) }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description:
      'Deletes a user with all that it has, for good: conversations, messages, sessions. Answers in the making are cancelled. `CONFLICT` where no active administrator would be left.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('User', input.id);
      await context.accounts.users.delete(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'Who was deleted.',
    outputFields: (t) => ({
      deletedUserId: t.id({
        description: 'The id that is no longer.',
        resolve: ({ id }: { id: string }) => encodeId('User', id),
      }),
    }),
  },
);
