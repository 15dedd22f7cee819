import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { forbidden } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import type { Share } from '../share.ts';

export const ShareRef = builder.objectRef<Share>('Share');

builder.node(ShareRef, {
  description: 'A read-only link to one version of a conversation.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.shares.findMany(viewerOf(context), ids))],
  fields: (t) => ({
    conversation: t.field({
      type: ConversationRef,
      nullable: true,
      description: 'The conversation; null if it was just deleted.',
      resolve: ({ conversationId }, _args, { loaders }) => loaders.conversation.load(conversationId),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the link was created.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When the link expires.' }),
  }),
});

export const ShareEdge = builder.edgeObject({
  type: ShareRef,
  name: 'ShareEdge',
  description: 'A shared link in a list.',
});

const ShareConnection = builder.connectionObject(
  { type: ShareRef, name: 'ShareConnection', description: 'A page of shared links, newest first.' },
  ShareEdge,
);

export const cursors = timeCursors('share');

builder.objectField(UserRef, 'shares', (t) =>
  t.connection(
    {
      type: ShareRef,
      description:
        "The user's shared links, newest first, expired ones included. `FORBIDDEN` for other users.",
      resolve: async (user, args, context) => {
        const viewer = viewerOf(context);
        if (user.id !== viewer.user.id) throw forbidden('You can list only your own shared links.');
        const page = await context.shares.page(viewer, pageRequest(args, cursors));
        return connectionOf(page, cursors, (row) => row);
      },
    },
    ShareConnection,
    ShareEdge,
  ),
);
