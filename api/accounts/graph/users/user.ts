import { may } from '../../../access/permissions.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { UserRef } from '../../../graph/user.ts';
import { RoleRef } from './role.ts';

const UserStatusRef = builder.enumType('UserStatus', {
  description: 'Whether a user can sign in.',
  values: {
    ACTIVE: { description: 'The user can sign in.' },
    DISABLED: { description: 'The user cannot sign in; their data is kept.' },
    DELETING: { description: 'The user cannot sign in; their data is being deleted.' },
  },
});

builder.node(UserRef, {
  description: 'A user of the service.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [
    ...(await context.accounts.users.findMany(viewerOf(context), ids)),
  ],
  fields: (t) => ({
    username: t.exposeString('username', { description: 'The name to sign in with.' }),
    role: t.field({ type: RoleRef, description: "The user's role.", resolve: ({ role }) => role }),
    status: t.field({
      type: UserStatusRef,
      description: 'Whether the user can sign in.',
      resolve: ({ status }) => status,
    }),
    identityProvider: t.string({
      nullable: true,
      description:
        "The issuer URL of the user's identity provider; null if the user signs in with a password.",
      resolve: ({ identity }) => identity?.issuer ?? null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the user was created.' }),
    viewerCanGenerate: t.boolean({
      description: 'Whether the viewer may generate answers.',
      resolve: (_user, _args, { viewer }) => may(viewer, 'generate'),
    }),
    viewerCanWriteConversations: t.boolean({
      description: 'Whether the viewer may create, change and delete their own conversations.',
      resolve: (_user, _args, { viewer }) => may(viewer, 'writeConversations'),
    }),
    viewerCanManageModels: t.boolean({
      description: 'Whether the viewer may install and delete models.',
      resolve: (_user, _args, { viewer }) => may(viewer, 'manageModels'),
    }),
    viewerCanManageUsers: t.boolean({
      description: 'Whether the viewer may list, invite, change and delete users.',
      resolve: (_user, _args, { viewer }) => may(viewer, 'manageUsers'),
    }),
  }),
});
