import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { maxContainerLength } from '../command.ts';
import { type DockerRequest, maxReasonLength } from '../request.ts';
import { CommandNameRef } from './command.ts';
import { cursors, DockerRequestEdge, DockerRequestRef } from './dockerRequest.ts';

builder.relayMutationField(
  'requestDockerCommand',
  {
    description: 'The command to request.',
    inputFields: (t) => ({
      name: t.field({
        type: CommandNameRef,
        required: true,
        description: 'A command that changes a container.',
      }),
      container: t.string({
        required: true,
        description: 'The name or id of the container.',
        bounds: { maxLength: maxContainerLength },
      }),
      reason: t.string({
        description: 'Why, for the administrator.',
        bounds: { maxLength: maxReasonLength },
      }),
    }),
  },
  {
    authScopes: { may: 'useDocker' },
    description:
      'Requests a Docker command that changes a container. It runs only after an administrator confirms its effect, within 24 hours. `NOT_FOUND` for an unknown container, `CONFLICT` if 20 requests of the viewer wait, `FORBIDDEN` if Docker is off.',
    resolve: async (_root, { input }, context) => ({
      request: await context.docker.request(viewerOf(context), input, input.reason ?? ''),
    }),
  },
  {
    description: 'The request.',
    outputFields: (t) => ({
      request: t.field({
        type: DockerRequestRef,
        description: 'The request, with its effect.',
        resolve: ({ request }: { request: DockerRequest }) => request,
      }),
      requestEdge: t.field({
        type: DockerRequestEdge,
        description: 'Its edge in `dockerRequests`.',
        resolve: ({ request }: { request: DockerRequest }) => ({
          node: request,
          cursor: cursors.encode(request),
        }),
      }),
    }),
  },
);
