import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { DockerRequest } from '../request.ts';
import { DockerRequestRef } from './dockerRequest.ts';

builder.relayMutationField(
  'declineDockerCommand',
  {
    description: 'The requested command to decline.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the request.' }) }),
  },
  {
    authScopes: { may: 'confirmDockerCommands' },
    description:
      'Declines a requested Docker command. Administrators only, and no API keys. `CONFLICT` if it no longer waits.',
    resolve: async (_root, { input }, context) => ({
      request: await context.docker.decline(viewerOf(context), decodeId('DockerRequest', input.id)),
    }),
  },
  {
    description: 'The declined request.',
    outputFields: (t) => ({
      request: t.field({
        type: DockerRequestRef,
        description: 'The request.',
        resolve: ({ request }: { request: DockerRequest }) => request,
      }),
    }),
  },
);
