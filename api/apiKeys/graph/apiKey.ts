import type { ApiKey } from '../../access/apiKey.ts';
import { forbidden } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';

export const ScopeRef = builder.enumType('ApiKeyScope', {
  description: 'What an API key may do of what its user may.',
  values: {
    READ: { description: 'To read conversations, messages and answers, and to follow them.' },
    CHAT: {
      description:
        'To ask for answers, through REST and the OpenAI addresses too, to follow and cancel them, and to make, change and delete conversations.',
    },
    ADMIN: { description: 'To manage users and models, where its user is an administrator.' },
  },
});

export const ApiKeyRef = builder.objectRef<ApiKey>('ApiKey');

builder.node(ApiKeyRef, {
  description: 'A secret that a program shows instead of a sign-in.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.apiKeys.findMany(viewerOf(context), ids))],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What its user calls it.' }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'Whose it is.',
      resolve: ({ userId }, _args, { loaders }) => loaders.user.load(userId),
    }),
    ending: t.exposeString('ending', { description: 'How the key ends, to recognise it by.' }),
    scopes: t.field({
      type: [ScopeRef],
      description: 'What it may do.',
      resolve: ({ scopes }) => scopes,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends by itself; null: it does not.',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was used last, to the minute; null: never.',
    }),
  }),
});

export const ApiKeyEdge = builder.edgeObject({
  type: ApiKeyRef,
  name: 'ApiKeyEdge',
  description: 'An API key in a list.',
});

export const ApiKeyConnection = builder.connectionObject(
  { type: ApiKeyRef, name: 'ApiKeyConnection', description: 'A page of API keys, the newest first.' },
  ApiKeyEdge,
);

export const cursors = timeCursors('apiKey');

builder.objectField(UserRef, 'apiKeys', (t) =>
  t.connection(
    {
      type: ApiKeyRef,
      authScopes: { may: 'manageAccount' },
      description: "This user's API keys, the newest first. Shown to nobody else, and to no API key.",
      resolve: async (user, args, context) => {
        const viewer = viewerOf(context);
        if (user.id !== viewer.user.id) throw forbidden('API keys are shown to their own user alone.');
        const page = await context.apiKeys.page(viewer, pageRequest(args, cursors));
        return connectionOf(page, cursors, (row) => row);
      },
    },
    ApiKeyConnection,
    ApiKeyEdge,
  ),
);
