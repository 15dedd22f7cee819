import { builder } from '../../../graph/builder.ts';
import { viewerOf } from '../../../graph/context.ts';
import { type IssuedLink, maxNoteLength } from '../../oneTimeLinks.ts';
import { RoleRef } from '../users/role.ts';
import { cursors, InviteEdge } from './invites.ts';

builder.relayMutationField(
  'inviteUser',
  {
    description: 'The invite to create.',
    inputFields: (t) => ({
      role: t.field({ type: RoleRef, required: true, description: 'The role of the new user.' }),
      note: t.string({
        description: 'A note about the invited person, shown in the list of invites.',
        bounds: { maxLength: maxNoteLength },
      }),
    }),
  },
  {
    authScopes: { may: 'grantAccess' },
    description:
      'Creates a single-use invite link, valid for 7 days. The link is returned only once, and anyone who has it can create the user. `FORBIDDEN` for API keys.',
    resolve: (_root, { input: { role, note } }, context) =>
      context.accounts.oneTimeLinks.invite(viewerOf(context), role, note ?? null),
  },
  {
    description: 'The created invite.',
    outputFields: (t) => ({
      inviteEdge: t.field({
        type: InviteEdge,
        description: 'The edge of the invite in `invites`.',
        resolve: ({ link }: IssuedLink) => ({ node: link, cursor: cursors.encode(link) }),
      }),
      path: t.string({
        description:
          "The path of the invite link, relative to the web app's URL. It contains a secret that is not stored.",
        resolve: ({ secret }: IssuedLink) => `/invite/${secret}`,
      }),
    }),
  },
);
