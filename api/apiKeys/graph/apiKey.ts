import type { ApiKey } from '../../access/apiKey.ts';
import { forbidden } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';

export const ScopeRef = builder.enumType('ApiKeyScope', {
  description: "A scope of an API key. It limits the key to some of its user's permissions.",
  values: {
    READ: { description: 'Read conversations, messages and generations, and subscribe to them.' },
    CHAT: {
      description:
        'Generate answers over GraphQL, REST and the OpenAI API, follow and cancel them, and create, change and delete conversations.',
    },
    ADMIN: { description: "Manage users and models, if the key's user is an administrator." },
  },
});

export const ApiKeyRef = builder.objectRef<ApiKey>('ApiKey');

builder.node(ApiKeyRef, {
  description: 'An API key, with which a program authenticates as a user.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.apiKeys.findMany(viewerOf(context), ids))],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the key.' }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The owner of the key.',
      resolve: ({ userId }, _args, { loaders }) => loaders.user.load(userId),
    }),
    ending: t.exposeString('ending', { description: 'The last characters of the key, to recognise it by.' }),
    scopes: t.field({
      type: [ScopeRef],
      description: 'The scopes of the key.',
      resolve: ({ scopes }) => scopes,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the key was created.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the key expires; null if it does not.',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the key was last used, accurate to one minute; null if it never was.',
    }),
  }),
});

export const ApiKeyEdge = builder.edgeObject({
  type: ApiKeyRef,
  name: 'ApiKeyEdge',
  description: 'An API key in a list.',
});

export const ApiKeyConnection = builder.connectionObject(
  { type: ApiKeyRef, name: 'ApiKeyConnection', description: 'A page of API keys, newest first.' },
  ApiKeyEdge,
);

export const cursors = timeCursors('apiKey');

builder.objectField(UserRef, 'apiKeys', (t) =>
  t.connection(
    {
      type: ApiKeyRef,
      authScopes: { may: 'manageAccount' },
      description: "The user's API keys, newest first. `FORBIDDEN` for other users and for API keys.",
      resolve: async (user, args, context) => {
        const viewer = viewerOf(context);
        if (user.id !== viewer.user.id) throw forbidden('You can list only your own API keys.');
        const page = await context.apiKeys.page(viewer, pageRequest(args, cursors));
        return connectionOf(page, cursors, (row) => row);
      },
    },
    ApiKeyConnection,
    ApiKeyEdge,
  ),
);
