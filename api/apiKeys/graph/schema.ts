import type { ApiKey } from '../../access/apiKey.ts';
import { UserRef } from '../../accounts/graph/schema.ts';
import { forbidden } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import type { IssuedApiKey } from '../service.ts';
import { maxNameLength } from '../service.ts';

const ScopeRef = builder.enumType('ApiKeyScope', {
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

const ApiKeyRef = builder.objectRef<ApiKey>('ApiKey');

builder.node(ApiKeyRef, {
  description: 'A secret that a program shows instead of a sign-in.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [
    ...(await context.accounts.apiKeys.findMany(viewerOf(context), ids)),
  ],
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

const ApiKeyEdge = builder.edgeObject({
  type: ApiKeyRef,
  name: 'ApiKeyEdge',
  description: 'An API key in a list.',
});
const ApiKeyConnection = builder.connectionObject(
  { type: ApiKeyRef, name: 'ApiKeyConnection', description: 'A page of API keys, the newest first.' },
  ApiKeyEdge,
);

const cursors = timeCursors('apiKey');

builder.objectField(UserRef, 'apiKeys', (t) =>
  t.connection(
    {
      type: ApiKeyRef,
      authScopes: { may: 'manageAccount' },
      description: "This user's API keys, the newest first. Shown to nobody else, and to no API key.",
      resolve: async (user, args, context) => {
        const viewer = viewerOf(context);
        if (user.id !== viewer.user.id) throw forbidden('API keys are shown to their own user alone.');
        const page = await context.accounts.apiKeys.page(viewer, pageRequest(args, cursors));
        return connectionOf(page, cursors, (row) => row);
      },
    },
    ApiKeyConnection,
    ApiKeyEdge,
  ),
);

builder.queryField('allApiKeys', (t) =>
  t.connection(
    {
      type: ApiKeyRef,
      skipTypeScopes: true,
      authScopes: { may: 'manageApiKeys' },
      description: 'The API keys of all users, the newest first. For administrators, and for no API key.',
      resolve: async (_root, args, context) => {
        const request = pageRequest(args, cursors);
        const page = await context.accounts.apiKeys.pageOfAll(viewerOf(context), request);
        return connectionOf(page, cursors, (row) => row);
      },
    },
    ApiKeyConnection,
    ApiKeyEdge,
  ),
);

builder.relayMutationField(
  'createApiKey',
  {
    description: 'What the key is to be.',
    inputFields: (t) => ({
      name: t.string({
        required: true,
        description: 'What to call it.',
        bounds: { maxLength: maxNameLength },
      }),
      scopes: t.field({
        type: [ScopeRef],
        required: true,
        description: 'What it may do: one at least.',
        bounds: { maxItems: 10 },
      }),
      expiresAt: t.field({ type: 'DateTime', description: 'When it ends by itself. None: it does not.' }),
    }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description:
      'Makes an API key of the viewer, who has 100 at most. It is for `Authorization: Bearer …` and `X-API-Key`, on every way in.',
    resolve: (_root, { input }, context) =>
      context.accounts.apiKeys.create(viewerOf(context), {
        name: input.name,
        scopes: input.scopes,
        expiresAt: input.expiresAt ?? null,
      }),
  },
  {
    description: 'What was made.',
    outputFields: (t) => ({
      secret: t.string({
        description: 'The key itself, which begins with `zk_`. It is shown this once, and not stored.',
        resolve: ({ secret }: IssuedApiKey) => secret,
      }),
      apiKey: t.field({
        type: ApiKeyRef,
        description: 'What is known of it.',
        resolve: ({ key }: IssuedApiKey) => key,
      }),
      apiKeyEdge: t.field({
        type: ApiKeyEdge,
        description: 'The same, in the list.',
        resolve: ({ key }: IssuedApiKey) => ({ node: key, cursor: cursors.encode(key) }),
      }),
    }),
  },
);

builder.relayMutationField(
  'revokeApiKey',
  {
    description: 'Which key to end.',
    inputFields: (t) => ({
      id: t.id({
        required: true,
        description: "The key, one of the viewer's; of anybody's where an administrator asks.",
      }),
    }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description: 'Ends an API key for good, with its sockets and streams, on all replicas at once.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('ApiKey', input.id);
      await context.accounts.apiKeys.revoke(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      deletedApiKeyId: t.id({
        description: 'The id that is no longer.',
        resolve: ({ id }: { id: string }) => encodeId('ApiKey', id),
      }),
    }),
  },
);
