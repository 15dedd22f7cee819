import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { type DockerRequest, maxEffectLength } from '../request.ts';
import { DockerRequestRef } from './dockerRequest.ts';

builder.relayMutationField(
  'confirmDockerCommand',
  {
    description: 'The requested command to confirm.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the request.' }),
      effect: t.string({
        required: true,
        description: 'The `effect` of the request, as the administrator read it.',
        bounds: { maxLength: maxEffectLength },
      }),
    }),
  },
  {
    authScopes: { may: 'confirmDockerCommands' },
    description:
      'Runs a requested Docker command. Administrators only, and no API keys. `CONFLICT` if the effect is not the current one, which `effect` in the extensions then is, or if the request no longer waits. A command that fails has the status `FAILED`.',
    resolve: async (_root, { input }, context) => ({
      request: await context.docker.confirm(
        viewerOf(context),
        decodeId('DockerRequest', input.id),
        input.effect,
      ),
    }),
  },
  {
    description: 'The command that ran.',
    outputFields: (t) => ({
      request: t.field({
        type: DockerRequestRef,
        description: 'The request after the command ran.',
        resolve: ({ request }: { request: DockerRequest }) => request,
      }),
    }),
  },
);
