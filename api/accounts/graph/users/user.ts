import { may } from '../../../access/permissions.ts';
import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { UserRef } from '../../../graph/user.ts';
import { RoleRef } from './role.ts';

const UserStatusRef = builder.enumType('UserStatus', {
  description: 'Whether a user gets in.',
  values: {
    ACTIVE: { description: 'Gets in.' },
    DISABLED: { description: 'Is kept out, with all that is theirs kept.' },
    DELETING: { description: 'Is kept out, and is about to be gone.' },
  },
});

builder.node(UserRef, {
  description: 'Somebody who signs in.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [
    ...(await context.accounts.users.findMany(viewerOf(context), ids)),
  ],
  fields: (t) => ({
    username: t.exposeString('username', { description: 'The name to sign in with.' }),
    role: t.field({ type: RoleRef, description: 'What this user may do.', resolve: ({ role }) => role }),
    status: t.field({
      type: UserStatusRef,
      description: 'Whether this user gets in.',
      resolve: ({ status }) => status,
    }),
    identityProvider: t.string({
      nullable: true,
      description: 'The issuer whom this user signs in with; null: with a password, here.',
      resolve: ({ identity }) => identity?.issuer ?? null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when there is this user.' }),
    viewerCanGenerate: t.boolean({
      description: 'Whether the viewer may ask for answers.',
      resolve: (_user, _args, { viewer }) => may(viewer, 'generate'),
    }),
    viewerCanWriteConversations: t.boolean({
      description: 'Whether the viewer may make, change and delete conversations of their own.',
      resolve: (_user, _args, { viewer }) => may(viewer, 'writeConversations'),
    }),
    viewerCanManageModels: t.boolean({
      description: 'Whether the viewer may fetch and delete models.',
      resolve: (_user, _args, { viewer }) => may(viewer, 'manageModels'),
    }),
    viewerCanManageUsers: t.boolean({
      description: 'Whether the viewer may see, invite, change and delete users.',
      resolve: (_user, _args, { viewer }) => may(viewer, 'manageUsers'),
    }),
  }),
});
