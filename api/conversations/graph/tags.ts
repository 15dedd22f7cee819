import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import type { TagUse } from '../conversation.ts';

const ConversationTag = builder.objectRef<TagUse>('ConversationTag').implement({
  description: 'A tag of conversations.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The tag.' }),
    conversations: t.exposeInt('conversations', {
      description: 'The number of conversations that have it, archived ones included.',
    }),
  }),
});

builder.queryField('tags', (t) =>
  t.field({
    type: [ConversationTag],
    description: "The tags of the viewer's conversations, the most used ones first; at most 100.",
    args: {
      search: t.arg.string({
        description: 'Returns only tags that contain this text, regardless of case.',
        bounds: { maxLength: maxLengths.search },
      }),
    },
    resolve: async (_root, { search }, context) => [
      ...(await context.conversations.tags(viewerOf(context), search ?? '')),
    ],
  }),
);
