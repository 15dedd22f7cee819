import { may } from '../../access/permissions.ts';
import type { User } from '../../access/user.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';

export const RoleRef = builder.enumType('Role', {
  description: 'What a user may do.',
  values: {
    ADMIN: { description: 'All that a member may, and to run the service: its users among other things.' },
    MEMBER: { description: 'To ask for answers, and to make, change and delete conversations of their own.' },
    VIEWER: {
      description:
        'To read: conversations that are theirs already, models, and what is being made for them. Nothing is asked for, made or changed but their own password and sessions. Their data can be exported, and their account deleted.',
    },
  },
});

const UserStatusRef = builder.enumType('UserStatus', {
  description: 'Whether a user gets in.',
  values: {
    ACTIVE: { description: 'Gets in.' },
    DISABLED: { description: 'Is kept out, with all that is theirs kept.' },
    DELETING: { description: 'Is kept out, and is about to be gone.' },
  },
});

export const UserRef = builder.objectRef<User>('User');

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

builder.queryField('viewer', (t) =>
  t.field({
    type: UserRef,
    nullable: true,
    skipTypeScopes: true,
    description: 'Who is signed in; null when nobody is. Open to everyone.',
    resolve: (_root, _args, { viewer }) => viewer?.user ?? null,
  }),
);
