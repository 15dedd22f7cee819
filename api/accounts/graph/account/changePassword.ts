import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { UserRef } from '../../../graph/user.ts';
import { accountBounds } from '../../bounds.ts';

interface ChangedPassword {
  readonly user: User;
}

builder.relayMutationField(
  'changePassword',
  {
    description: 'The password there is, and the one to be.',
    inputFields: (t) => ({
      currentPassword: t.string({ required: true, description: 'As it is.', bounds: accountBounds.password }),
      newPassword: t.string({
        required: true,
        description: 'As it is to be: 12 characters or more.',
        bounds: accountBounds.password,
      }),
    }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description: "Changes the viewer's password, and ends all other sessions.",
    resolve: async (_root, { input }, context): Promise<ChangedPassword> => {
      const viewer = viewerOf(context);
      await context.accounts.changePassword(viewer, input.currentPassword, input.newPassword, context);
      return { user: viewer.user };
    },
  },
  {
    description: 'Whose password was changed.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: 'The user.',
        resolve: ({ user }: ChangedPassword) => user,
      }),
    }),
  },
);
