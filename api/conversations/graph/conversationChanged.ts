import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { untilReturn } from '../../realtime/untilReturn.ts';
import { watchConversations } from '../changes.ts';
import { ConversationChangeRef } from './conversationChange.ts';

builder.subscriptionField('conversationChanged', (t) =>
  t.field({
    type: ConversationChangeRef,
    description: "Follows the viewer's own conversations, for every open tab and device.",
    subscribe: (_root, _args, context) =>
      untilReturn((signal) => watchConversations(context.bus, viewerOf(context).user.id, signal)),
    resolve: (change) => change,
  }),
);
