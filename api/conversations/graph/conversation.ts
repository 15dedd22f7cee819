import { may } from '../../access/permissions.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import type { Conversation } from '../conversation.ts';
import { GenerationOptionsRef } from './generationOptions.ts';

export const ConversationRef = builder.objectRef<Conversation>('Conversation');

builder.node(ConversationRef, {
  description: 'A conversation: a tree of messages, with the settings for its answers.',
  id: { resolve: ({ id }) => id },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.conversation.load(id)),
  fields: (t) => ({
    title: t.exposeString('title', {
      description:
        'The title. Until it is changed, the beginning of the first prompt, or after the first answer a title that the model wrote.',
    }),
    owner: t.field({
      type: UserRef,
      description: 'The owner, who is the viewer: conversations are private.',
      resolve: (_conversation, _args, context) => viewerOf(context).user,
    }),
    model: t.exposeString('model', {
      nullable: true,
      description: 'The model that answers unless a request names another; null for the default model.',
    }),
    systemPrompt: t.exposeString('systemPrompt', {
      nullable: true,
      description: 'The system prompt.',
    }),
    options: t.field({
      type: GenerationOptionsRef,
      description: 'The sampling options for answers, unless a request overrides them.',
      resolve: ({ options }) => options,
    }),
    pinned: t.exposeBoolean('pinned', {
      description: 'Whether the conversation is pinned to the top of the list.',
    }),
    archived: t.exposeBoolean('archived', { description: 'Whether the conversation is archived.' }),
    tags: t.stringList({ description: 'The tags.', resolve: ({ tags }) => [...tags] }),
    temporary: t.boolean({
      description: 'Whether the conversation is temporary: in no list, search or export, and deleted soon.',
      resolve: ({ expiresAt }) => expiresAt !== undefined,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When a temporary conversation is deleted unless it is used before; null for others.',
      resolve: ({ expiresAt }) => expiresAt ?? null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the conversation was created.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'When the conversation was last active.',
    }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the viewer may change the conversation.',
      resolve: (_conversation, _args, { viewer }) => may(viewer, 'writeConversations'),
    }),
    viewerCanDelete: t.boolean({
      description: 'Whether the viewer may delete the conversation.',
      resolve: (_conversation, _args, { viewer }) => may(viewer, 'writeConversations'),
    }),
  }),
});
