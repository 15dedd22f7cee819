import { ConversationRef } from '../../conversations/graph/conversation.ts';
import { ConversationChangeRef } from '../../conversations/graph/conversationChange.ts';
import { notFound } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { pageRequest } from '../../paging/connections.ts';
import { messageConnection, messageCursors, messageEdge } from '../connection.ts';
import { MessageConnection, MessageEdge, MessageRef } from './message.ts';

builder.objectField(ConversationRef, 'messages', (t) =>
  t.connection(
    {
      type: MessageRef,
      description:
        'The messages from the first one to `leaf`, oldest first. A page costs the same at any position.',
      args: {
        leaf: t.arg.id({
          description:
            'The id of the last message of the path. Omitted: the current leaf of the conversation.',
        }),
      },
      resolve: async ({ id, leafId }, args, context) => {
        const page = pageRequest(args, messageCursors);
        const asked = args.leaf ? await context.loaders.message.load(decodeId('Message', args.leaf)) : null;
        if (args.leaf && asked?.conversationId !== id) throw notFound('message');
        const leaf = asked?.id ?? leafId;
        if (leaf === null)
          return messageConnection({ items: [], hasNextPage: false, hasPreviousPage: false });
        const path = await context.stores.messages.path(viewerOf(context).user.id, leaf, page);
        return messageConnection({
          ...path,
          items: path.items.filter(({ conversationId }) => conversationId === id),
        });
      },
    },
    MessageConnection,
    MessageEdge,
  ),
);

builder.objectField(ConversationChangeRef, 'messageEdges', (t) =>
  t.field({
    type: [MessageEdge],
    description: 'The edges of the new messages, oldest first; empty unless `kind` is `MESSAGES_ADDED`.',
    resolve: async ({ messageIds }, _args, { loaders }) => {
      const messages = await Promise.all(messageIds.map((id) => loaders.message.load(id)));
      return messages.filter((message) => message !== null).map(messageEdge);
    },
  }),
);
