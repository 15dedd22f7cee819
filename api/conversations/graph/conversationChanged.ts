import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { abortOnReturn } from '../../realtime/abortOnReturn.ts';
import { watchChanges } from '../../realtime/watchChanges.ts';
import { conversationChanged } from '../topics.ts';
import { ConversationChangeRef } from './conversationChange.ts';

builder.subscriptionField('conversationChanged', (t) =>
  t.field({
    type: ConversationChangeRef,
    description: "Emits every change to the viewer's conversations, from any tab, device or API client.",
    subscribe: (_root, _args, context) =>
      abortOnReturn((signal) =>
        watchChanges(context.bus, conversationChanged, viewerOf(context).user.id, 'conversations', signal),
      ),
    resolve: (change) => change,
  }),
);
