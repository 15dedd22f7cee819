import { may } from '../../access/permissions.ts';
import { UserRef } from '../../accounts/graph/schema.ts';
import { notFound } from '../../errors/failures.ts';
import { GenerationOptionsRef } from '../../generations/graph/options.schema.ts';
import { TokenUsageRef } from '../../generations/graph/usage.schema.ts';
import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { messageConnection, messageCursors } from '../../messages/connection.ts';
import { MessageConnection, MessageEdge, MessageRef } from '../../messages/graph/schema.ts';
import { pageRequest } from '../../paging/connections.ts';
import { conversationConnection, conversationCursors } from '../connection.ts';
import type { Conversation } from '../conversation.ts';
import { conversationLimits } from '../service.ts';

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
    messages: t.connection(
      {
        type: MessageRef,
        description:
          'The path from the first message to `leaf`, oldest first. A page costs the same wherever it is.',
        args: {
          leaf: t.arg.id({ description: 'Where the path ends. None: the version that is shown now.' }),
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
    usage: t.field({
      type: TokenUsageRef,
      description: 'The sum over all its answers; speeds are null.',
      resolve: async ({ id }, _args, context) => ({
        ...(await context.stores.generations.usageOfConversation(viewerOf(context).user.id, id)),
        tokensPerSecond: null,
        timeToFirstTokenMs: null,
      }),
    }),
  }),
});

export const ConversationEdge = builder.edgeObject({
  type: ConversationRef,
  name: 'ConversationEdge',
  description: 'A conversation in a list.',
});

const ConversationConnection = builder.connectionObject(
  {
    type: ConversationRef,
    name: 'ConversationConnection',
    description: 'A page of conversations: pinned first, then the newest activity.',
  },
  ConversationEdge,
);

builder.queryField('conversations', (t) =>
  t.connection(
    {
      type: ConversationRef,
      description: "The viewer's own: pinned first, then the newest activity.",
      args: {
        search: t.arg.string({
          description: 'Words to find in titles and messages; each may be the beginning of one.',
          bounds: { maxLength: maxLengths.search },
        }),
        archived: t.arg.boolean({
          defaultValue: false,
          description: 'Those put away instead of the others.',
        }),
        tag: t.arg.string({
          description: 'Only those with this tag.',
          bounds: { maxLength: conversationLimits.tag },
        }),
      },
      resolve: async (_root, args, context) => {
        const filter = {
          archived: args.archived ?? false,
          tag: args.tag ?? null,
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
