import { builder } from '../../../graph/builder.ts';
import { accountBounds } from '../../bounds.ts';
import type { OpenedLink } from '../../links.ts';
import { RoleRef } from '../users/role.ts';

const LinkKindRef = builder.enumType('LinkKind', {
  description: 'What a link is for.',
  values: {
    INVITE: { description: 'To become a user.' },
    PASSWORD_RESET: { description: 'To choose a new password.' },
  },
});

const LinkRef = builder.objectRef<OpenedLink>('Link');

builder.objectType(LinkRef, {
  description: 'What an address that works once says to who has it.',
  fields: (t) => ({
    kind: t.field({ type: LinkKindRef, description: 'What it is for.', resolve: ({ kind }) => kind }),
    role: t.field({
      type: RoleRef,
      nullable: true,
      description: 'What who accepts the invite will be able to do; null for another kind.',
      resolve: ({ role }) => role,
    }),
    username: t.exposeString('username', {
      nullable: true,
      description: 'Whose password is to be chosen; null for an invite.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it works.' }),
  }),
});

export const secretField = 'What stands at the end of the address.';

builder.queryField('link', (t) =>
  t.field({
    type: LinkRef,
    nullable: true,
    skipTypeScopes: true,
    description:
      'What the link with this secret is for; null where it was used, has expired, was taken back or never was. Open to everyone.',
    args: {
      secret: t.arg.string({ required: true, description: secretField, bounds: accountBounds.secret }),
    },
    resolve: (_root, { secret }, { accounts }) => accounts.links.open(secret),
  }),
);
