import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { abortOnReturn } from '../../realtime/abortOnReturn.ts';
import { watchConversations } from '../changes.ts';
import { ConversationChangeRef } from './conversationChange.ts';

builder.subscriptionField('conversationChanged', (t) =>
  t.field({
    type: ConversationChangeRef,
    description: "Emits every change to the viewer's conversations, from any tab, device or API client.",
    subscribe: (_root, _args, context) =>
      abortOnReturn((signal) => watchConversations(context.bus, viewerOf(context).user.id, signal)),
    resolve: (change) => change,
  }),
);
