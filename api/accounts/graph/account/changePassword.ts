import type { User } from '../../../access/user.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { UserRef } from '../../../graph/user.ts';
import { accountBounds } from '../../account.ts';

interface ChangedPassword {
  readonly user: User;
}

builder.relayMutationField(
  'changePassword',
  {
    description: 'The current and the new password.',
    inputFields: (t) => ({
      currentPassword: t.string({
        required: true,
        description: 'The current password.',
        bounds: accountBounds.password,
      }),
      newPassword: t.string({
        required: true,
        description: 'The new password, at least 12 characters.',
        bounds: accountBounds.password,
      }),
    }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description: "Changes the viewer's password, and ends all their other sessions.",
    resolve: async (_root, { input }, context): Promise<ChangedPassword> => {
      const viewer = viewerOf(context);
      await context.accounts.changePassword(viewer, input.currentPassword, input.newPassword, context);
      return { user: viewer.user };
    },
  },
  {
    description: 'The user whose password was changed.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: 'The user.',
        resolve: ({ user }: ChangedPassword) => user,
      }),
    }),
  },
);
