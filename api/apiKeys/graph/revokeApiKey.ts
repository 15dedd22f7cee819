import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

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
      await context.apiKeys.revoke(viewerOf(context), id);
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
