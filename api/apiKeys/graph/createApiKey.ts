import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { type IssuedApiKey, maxNameLength } from '../service.ts';
import { ApiKeyEdge, ApiKeyRef, cursors, ScopeRef } from './apiKey.ts';

builder.relayMutationField(
  'createApiKey',
  {
    description: 'The API key to create.',
    inputFields: (t) => ({
      name: t.string({
        required: true,
        description: 'The name of the key.',
        bounds: { maxLength: maxNameLength },
      }),
      scopes: t.field({
        type: [ScopeRef],
        required: true,
        description: 'The scopes of the key, at least one.',
        bounds: { maxItems: 10 },
      }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'When the key expires. Omitted: it does not expire.',
      }),
    }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description:
      'Creates an API key for the viewer, who may have 100. Send it as `Authorization: Bearer …` or `X-API-Key` to GraphQL, REST or the OpenAI API. `FORBIDDEN` for API keys.',
    resolve: (_root, { input }, context) =>
      context.apiKeys.create(viewerOf(context), {
        name: input.name,
        scopes: input.scopes,
        expiresAt: input.expiresAt ?? null,
      }),
  },
  {
    description: 'The created API key.',
    outputFields: (t) => ({
      secret: t.string({
        description: 'The key itself, which starts with `zk_`. It is returned only once, and not stored.',
        resolve: ({ secret }: IssuedApiKey) => secret,
      }),
      apiKey: t.field({
        type: ApiKeyRef,
        description: 'The API key, without its secret.',
        resolve: ({ key }: IssuedApiKey) => key,
      }),
      apiKeyEdge: t.field({
        type: ApiKeyEdge,
        description: 'The edge of the key in `apiKeys`.',
        resolve: ({ key }: IssuedApiKey) => ({ node: key, cursor: cursors.encode(key) }),
      }),
    }),
  },
);
