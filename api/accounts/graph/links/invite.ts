import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import type { Link } from '../../account.ts';
import { RoleRef } from '../users/role.ts';

export const InviteRef = builder.objectRef<Link>('Invite');

builder.node(InviteRef, {
  description: 'An address, told once, at which one person becomes a user. For administrators.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [
    ...(await context.accounts.links.findInvites(viewerOf(context), ids)),
  ],
  fields: (t) => ({
    role: t.field({
      type: RoleRef,
      nullable: true,
      description: 'What the user will be able to do.',
      resolve: ({ role }) => role,
    }),
    note: t.exposeString('note', { nullable: true, description: 'Whom it is for, as was noted down.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it can be accepted.' }),
  }),
});
