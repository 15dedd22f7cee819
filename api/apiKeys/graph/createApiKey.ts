import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { type IssuedApiKey, maxNameLength } from '../service.ts';
import { ApiKeyEdge, ApiKeyRef, cursors, ScopeRef } from './apiKey.ts';

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
      context.apiKeys.create(viewerOf(context), {
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
