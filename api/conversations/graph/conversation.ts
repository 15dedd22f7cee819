import { may } from '../../access/permissions.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import type { Conversation } from '../conversation.ts';
import { GenerationOptionsRef } from './generationOptions.ts';

export const ConversationRef = builder.objectRef<Conversation>('Conversation');

builder.node(ConversationRef, {
  description: 'A tree of messages, and what its answers are made with.',
  id: { resolve: ({ id }) => id },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.conversation.load(id)),
  fields: (t) => ({
    title: t.exposeString('title', { description: 'At first, the beginning of its first prompt.' }),
    owner: t.field({
      type: UserRef,
      description: 'Whose it is: the viewer, for nobody else sees it.',
      resolve: (_conversation, _args, context) => viewerOf(context).user,
    }),
    model: t.exposeString('model', {
      nullable: true,
      description: 'What answers unless another is asked for; null: the default.',
    }),
    systemPrompt: t.exposeString('systemPrompt', {
      nullable: true,
      description: 'What the model is told to be.',
    }),
    options: t.field({
      type: GenerationOptionsRef,
      description: 'How answers are sampled unless asked otherwise.',
      resolve: ({ options }) => options,
    }),
    pinned: t.exposeBoolean('pinned', { description: 'Whether it stands above those that are not.' }),
    archived: t.exposeBoolean('archived', { description: 'Whether it is put away.' }),
    tags: t.stringList({ description: 'Words to find it by.', resolve: ({ tags }) => [...tags] }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was begun.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'Its last activity.' }),
    viewerCanUpdate: t.boolean({
      description:
        'Whether the viewer may change what it is called, where it is listed and who answers in it.',
      resolve: (_conversation, _args, { viewer }) => may(viewer, 'writeConversations'),
    }),
    viewerCanDelete: t.boolean({
      description: 'Whether the viewer may delete it.',
      resolve: (_conversation, _args, { viewer }) => may(viewer, 'writeConversations'),
    }),
  }),
});
