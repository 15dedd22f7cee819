import { builder } from '../builder.ts';
import { viewerOf } from '../context.ts';
import type { User } from './account.ts';

export const RoleRef = builder.enumType('Role', {
  description: 'What a user may do.',
  values: {
    ADMIN: { description: 'Everything, and the running of the service.' },
    MEMBER: { description: 'To chat, and to keep conversations.' },
    VIEWER: { description: 'To read.' },
  },
});

export const UserRef = builder.objectRef<User>('User');

builder.node(UserRef, {
  description: 'Somebody who signs in.',
  id: { resolve: ({ id }) => id },
  loadMany: (ids: string[], context) => {
    const { user } = viewerOf(context);
    return ids.map((id) => (id === user.id ? user : null));
  },
  fields: (t) => ({
    username: t.exposeString('username', { description: 'The name to sign in with.' }),
    role: t.field({ type: RoleRef, description: 'What this user may do.', resolve: ({ role }) => role }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when there is this user.' }),
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
