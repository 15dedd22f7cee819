import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import type { OneTimeLink } from '../account.ts';
import type { IssuedLink } from '../oneTimeLinks.ts';
import { maxNoteLength } from '../oneTimeLinks.ts';
import { RoleRef } from './schema.ts';

const InviteRef = builder.objectRef<OneTimeLink>('Invite');

builder.node(InviteRef, {
  description: 'An address, told once, at which one person becomes a user. For administrators.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [
    ...(await context.accounts.oneTimeLinks.findInvites(viewerOf(context), ids)),
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

const InviteEdge = builder.edgeObject({
  type: InviteRef,
  name: 'InviteEdge',
  description: 'An invite in a list.',
});
const InviteConnection = builder.connectionObject(
  { type: InviteRef, name: 'InviteConnection', description: 'A page of invites, the newest first.' },
  InviteEdge,
);

const cursors = timeCursors('invite');

builder.queryField('invites', (t) =>
  t.connection(
    {
      type: InviteRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageUsers' },
      description: 'Those that can still be accepted, the newest first. For administrators.',
      resolve: async (_root, args, context) => {
        const page = pageRequest(args, cursors);
        const invites = await context.accounts.oneTimeLinks.invites(viewerOf(context), page);
        return connectionOf(invites, cursors, (row) => row);
      },
    },
    InviteConnection,
    InviteEdge,
  ),
);

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
      context.accounts.oneTimeLinks.invite(viewerOf(context), role, note ?? null),
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

builder.relayMutationField(
  'revokeInvite',
  {
    description: 'Which invite to take back.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The invite.' }) }),
  },
  {
    authScopes: { may: 'manageUsers' },
    description: 'Takes an invite back: nobody can accept it any more.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('Invite', input.id);
      await context.accounts.oneTimeLinks.revokeInvite(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'What was taken back.',
    outputFields: (t) => ({
      deletedInviteId: t.id({
        description: 'The id that is no longer.',
        resolve: ({ id }: { id: string }) => encodeId('Invite', id),
      }),
    }),
  },
);
