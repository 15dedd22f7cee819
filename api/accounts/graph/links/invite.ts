import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import type { OneTimeLink } from '../../account.ts';
import { RoleRef } from '../users/role.ts';

export const InviteRef = builder.objectRef<OneTimeLink>('Invite');

builder.node(InviteRef, {
  description: 'A pending invite: a single-use link that creates one user. Administrators only.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [
    ...(await context.accounts.oneTimeLinks.findInvites(viewerOf(context), ids)),
  ],
  fields: (t) => ({
    role: t.field({
      type: RoleRef,
      nullable: true,
      description: 'The role of the new user; null means `VIEWER`.',
      resolve: ({ role }) => role,
    }),
    note: t.exposeString('note', { nullable: true, description: 'A note about the invited person.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the invite was created.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When the invite expires.' }),
  }),
});
