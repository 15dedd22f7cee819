import { builder } from '../../../graph/builder.ts';
import { accountBounds } from '../../account.ts';
import type { LinkPreview } from '../../oneTimeLinks.ts';
import { RoleRef } from '../users/role.ts';

const LinkKindRef = builder.enumType('LinkKind', {
  description: 'The purpose of a link.',
  values: {
    INVITE: { description: 'Creates a user.' },
    PASSWORD_RESET: { description: 'Sets a new password.' },
  },
});

const LinkRef = builder.objectRef<LinkPreview>('Link');

builder.objectType(LinkRef, {
  description: 'What a single-use link is for.',
  fields: (t) => ({
    kind: t.field({
      type: LinkKindRef,
      description: 'The purpose of the link.',
      resolve: ({ kind }) => kind,
    }),
    role: t.field({
      type: RoleRef,
      nullable: true,
      description: 'The role of the new user; null for a password reset.',
      resolve: ({ role }) => role,
    }),
    username: t.exposeString('username', {
      nullable: true,
      description: 'The user whose password is reset; null for an invite.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When the link expires.' }),
  }),
});

export const secretField = 'The secret: the last segment of the link.';

builder.queryField('link', (t) =>
  t.field({
    type: LinkRef,
    nullable: true,
    skipTypeScopes: true,
    description:
      'Returns what the link with this secret is for; null if it was used or revoked, has expired, or does not exist. No authentication required.',
    args: {
      secret: t.arg.string({ required: true, description: secretField, bounds: accountBounds.secret }),
    },
    resolve: (_root, { secret }, { accounts }) => accounts.oneTimeLinks.preview(secret),
  }),
);
