import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import { MessageHitConnection, MessageHitEdge, MessageHitRef } from './messageHit.ts';

const cursors = timeCursors('messageHit');

builder.queryField('searchMessages', (t) =>
  t.connection(
    {
      type: MessageHitRef,
      description:
        "The viewer's messages that contain all words, newest first, from all conversations and all versions.",
      args: {
        words: t.arg.string({
          required: true,
          description: 'The words to search for. Each matches the start of a word.',
          bounds: { maxLength: maxLengths.search },
        }),
      },
      resolve: async (_root, { words, ...args }, context) => {
        const page = pageRequest(args, cursors);
        const found = await context.stores.messages.search(viewerOf(context).user.id, words, page);
        const items = found.items.map((message) => ({ message, words }));
        return connectionOf({ ...found, items }, cursors, ({ message }) => message);
      },
    },
    MessageHitConnection,
    MessageHitEdge,
  ),
);
