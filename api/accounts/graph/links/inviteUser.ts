import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { type IssuedLink, maxNoteLength } from '../../links.ts';
import { RoleRef } from '../users/role.ts';
import { cursors, InviteEdge } from './invites.ts';

builder.relayMutationField(
  'inviteUser',
  {
    description: 'Whom to invite.',
    inputFields: (t) => ({
      role: t.field({ type: RoleRef, required: true, description: 'What the user will be able to do.' }),
      note: t.string({
        description: 'Whom it is for, for the list of invites.',
        bounds: { maxLength: maxNoteLength },
      }),
    }),
  },
  {
    authScopes: { may: 'grantAccess' },
    description:
      'Creates a link with which one person becomes a user, within 7 days. It is shown this once: whoever has it gets in. `FORBIDDEN` for API keys.',
    resolve: (_root, { input: { role, note } }, context) =>
      context.accounts.links.invite(viewerOf(context), role, note ?? null),
  },
  {
    description: 'The invite.',
    outputFields: (t) => ({
      inviteEdge: t.field({
        type: InviteEdge,
        description: 'The invite in the list.',
        resolve: ({ link }: IssuedLink) => ({ node: link, cursor: cursors.encode(link) }),
      }),
      path: t.string({
        description: 'The address to send, to go after that of the web app. It is a secret, and not kept.',
        resolve: ({ secret }: IssuedLink) => `/invite/${secret}`,
      }),
    }),
  },
);
