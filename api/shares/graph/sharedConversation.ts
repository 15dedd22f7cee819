import { accountBounds } from '../../accounts/account.ts';
import { builder } from '../../graph/builder.ts';
import { messageCursors } from '../../messages/connection.ts';
import { MessageRoleRef } from '../../messages/graph/message.ts';
import { connectionOf, pageRequest } from '../../paging/connections.ts';
import type { SharedConversation, SharedMessage } from '../service.ts';

const SharedMessageRef = builder.objectRef<SharedMessage>('SharedMessage').implement({
  description: 'A message of a shared conversation.',
  fields: (t) => ({
    role: t.field({
      type: MessageRoleRef,
      description: 'The author of the message.',
      resolve: ({ role }) => role,
    }),
    content: t.exposeString('content', { description: 'The text.' }),
    edited: t.boolean({
      description: 'Whether the owner of the conversation edited the answer.',
      resolve: ({ isEdited }) => isEdited,
    }),
    model: t.string({
      nullable: true,
      description: 'The model that wrote the message; null for messages of users.',
      resolve: ({ model }) => model,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the message was created.' }),
  }),
});

const SharedMessageEdge = builder.edgeObject({
  type: SharedMessageRef,
  name: 'SharedMessageEdge',
  description: 'A shared message in a list.',
});

const SharedMessageConnection = builder.connectionObject(
  {
    type: SharedMessageRef,
    name: 'SharedMessageConnection',
    description: 'A page of shared messages, oldest first.',
  },
  SharedMessageEdge,
);

const SharedConversationRef = builder.objectRef<SharedConversation>('SharedConversation');

builder.objectType(SharedConversationRef, {
  description: 'A conversation behind a shared link. It names no account.',
  fields: (t) => ({
    title: t.string({ description: 'The title.', resolve: ({ conversation }) => conversation.title }),
    sharedAt: t.field({
      type: 'DateTime',
      description: 'When the link was created.',
      resolve: ({ share }) => share.createdAt,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the link expires.',
      resolve: ({ share }) => share.expiresAt,
    }),
    messages: t.connection(
      {
        type: SharedMessageRef,
        description: 'The shared messages, oldest first.',
        resolve: async ({ share }, args, context) => {
          const page = await context.shares.messages(share, pageRequest(args, messageCursors));
          return connectionOf(page, messageCursors, ({ depth }) => depth);
        },
      },
      SharedMessageConnection,
      SharedMessageEdge,
    ),
  }),
});

builder.queryField('sharedConversation', (t) =>
  t.field({
    type: SharedConversationRef,
    nullable: true,
    skipTypeScopes: true,
    description:
      'Returns the conversation behind a shared link; null if the link was revoked, has expired, or does not exist. No authentication required.',
    args: {
      secret: t.arg.string({
        required: true,
        description: 'The secret: the last segment of the link.',
        bounds: accountBounds.secret,
      }),
    },
    resolve: (_root, { secret }, { shares }) => shares.open(secret),
  }),
);
