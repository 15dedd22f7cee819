import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { type IssuedShare, shareDays } from '../service.ts';
import { cursors, ShareEdge } from './share.ts';

builder.relayMutationField(
  'shareConversation',
  {
    description: 'The conversation to share.',
    inputFields: (t) => ({
      conversationId: t.id({ required: true, description: 'The id of the conversation.' }),
      days: t.int({
        description: 'How many days the link is valid. Omitted: 30.',
        bounds: shareDays,
      }),
    }),
  },
  {
    authScopes: { may: 'shareConversations' },
    description:
      'Creates a read-only link to the selected version of a conversation, up to its last message now. Anyone who has the link can read it without signing in; it shows no account. The link is returned only once. `FORBIDDEN` for API keys.',
    resolve: (_root, { input }, context) =>
      context.shares.create(
        viewerOf(context),
        decodeId('Conversation', input.conversationId),
        input.days ?? 30,
      ),
  },
  {
    description: 'The created link.',
    outputFields: (t) => ({
      shareEdge: t.field({
        type: ShareEdge,
        description: 'The edge of the link in `User.shares`.',
        resolve: ({ share }: IssuedShare) => ({ node: share, cursor: cursors.encode(share) }),
      }),
      path: t.string({
        description:
          "The path of the link, relative to the web app's URL. It contains a secret that is not stored.",
        resolve: ({ secret }: IssuedShare) => `/share/${secret}`,
      }),
      url: t.string({
        nullable: true,
        description: 'The link, below `PUBLIC_URL`; null without one.',
        resolve: ({ secret }: IssuedShare, _args, { publicUrl }) =>
          publicUrl === null ? null : `${publicUrl}/share/${secret}`,
      }),
    }),
  },
);
