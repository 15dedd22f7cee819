import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { pageRequest } from '../../paging/connections.ts';
import { conversationConnection, conversationCursors } from '../connection.ts';
import { conversationLimits } from '../service.ts';
import { ConversationRef } from './conversation.ts';

export const ConversationEdge = builder.edgeObject({
  type: ConversationRef,
  name: 'ConversationEdge',
  description: 'A conversation in a list.',
});

export const ConversationConnection = builder.connectionObject(
  {
    type: ConversationRef,
    name: 'ConversationConnection',
    description: 'A page of conversations: pinned ones first, then by latest activity.',
  },
  ConversationEdge,
);

builder.queryField('conversations', (t) =>
  t.connection(
    {
      type: ConversationRef,
      description: "The viewer's conversations: pinned ones first, then by latest activity.",
      args: {
        search: t.arg.string({
          description: 'Words to search for in titles and messages. Each matches the start of a word.',
          bounds: { maxLength: maxLengths.search },
        }),
        archived: t.arg.boolean({
          defaultValue: false,
          description: 'Whether to return archived conversations instead of the others.',
        }),
        tag: t.arg.string({
          description: 'Returns only conversations with this tag.',
          bounds: { maxLength: conversationLimits.tag },
        }),
        unfiled: t.arg.boolean({
          defaultValue: false,
          description: 'Whether to return only conversations that are in no folder.',
        }),
      },
      resolve: async (_root, args, context) => {
        const filter = {
          archived: args.archived ?? false,
          tag: args.tag ?? null,
          ...(args.unfiled && { folderId: null }),
          search: args.search?.trim() || null,
        };
        const page = pageRequest(args, conversationCursors);
        return conversationConnection(
          await context.stores.conversations.page(viewerOf(context).user.id, page, filter),
        );
      },
    },
    ConversationConnection,
    ConversationEdge,
  ),
);
