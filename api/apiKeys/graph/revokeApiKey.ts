import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'revokeApiKey',
  {
    description: 'The API key to revoke.',
    inputFields: (t) => ({
      id: t.id({
        required: true,
        description: "The id of one of the viewer's keys, or of any key if the viewer is an administrator.",
      }),
    }),
  },
  {
    authScopes: { may: 'manageAccount' },
    description:
      'Permanently revokes an API key, and closes its sockets and streams, on all replicas. `FORBIDDEN` for API keys.',
    resolve: async (_root, { input }, context) => {
      const id = decodeId('ApiKey', input.id);
      await context.apiKeys.revoke(viewerOf(context), id);
      return { id };
    },
  },
  {
    description: 'The revoked API key.',
    outputFields: (t) => ({
      deletedApiKeyId: t.id({
        description: 'The id of the revoked key.',
        resolve: ({ id }: { id: string }) => encodeId('ApiKey', id),
      }),
    }),
  },
);
