import { may } from '../../access/permissions.ts';
import { conversationConnection, conversationCursors } from '../../conversations/connection.ts';
import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { ConversationConnection, ConversationEdge } from '../../conversations/graph/conversations.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { pageRequest } from '../../paging/connections.ts';
import { type Folder, folderLimits } from '../folder.ts';

export const FolderRef = builder.objectRef<Folder>('Folder');

export const folderBounds = {
  name: { maxLength: folderLimits.name },
  systemPrompt: { maxLength: folderLimits.systemPrompt },
} as const;

builder.node(FolderRef, {
  description: 'A folder of conversations, with settings for their answers.',
  id: { resolve: ({ id }) => id },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.folder.load(id)),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name.' }),
    systemPrompt: t.exposeString('systemPrompt', {
      nullable: true,
      description: 'The system prompt of the conversations in it that have none of their own.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the folder was created.' }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the viewer may change the folder.',
      resolve: (_folder, _args, { viewer }) => may(viewer, 'writeConversations'),
    }),
    viewerCanDelete: t.boolean({
      description: 'Whether the viewer may delete the folder.',
      resolve: (_folder, _args, { viewer }) => may(viewer, 'writeConversations'),
    }),
    conversations: t.connection(
      {
        type: ConversationRef,
        // A payload of an API key that may only write has the folder too.
        authScopes: { may: 'read' },
        description:
          'The conversations in the folder that are not archived: pinned ones first, then by latest activity.',
        resolve: async ({ id }, args, context) => {
          const filter = { archived: false, tag: null, search: null, folderId: id };
          const page = pageRequest(args, conversationCursors);
          return conversationConnection(
            await context.stores.conversations.page(viewerOf(context).user.id, page, filter),
          );
        },
      },
      ConversationConnection,
      ConversationEdge,
    ),
  }),
});

builder.objectField(ConversationRef, 'folder', (t) =>
  t.field({
    type: FolderRef,
    nullable: true,
    description: 'The folder that the conversation is in; null for none.',
    resolve: ({ folderId }, _args, { loaders }) => (folderId === null ? null : loaders.folder.load(folderId)),
  }),
);
