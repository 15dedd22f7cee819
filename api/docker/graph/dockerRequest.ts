import { may } from '../../access/permissions.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import { commandRules, textOf } from '../command.ts';
import type { DockerRequest, RequestStatus } from '../request.ts';
import { CommandNameRef, RiskRef } from './command.ts';

const StatusRef = builder.enumType('DockerRequestStatus', {
  description: 'The state of a requested Docker command.',
  values: {
    PENDING: { description: 'It waits for an administrator.' },
    RUNNING: { description: 'An administrator confirmed it, and it runs.' },
    COMPLETED: { description: 'It ran.' },
    FAILED: { description: 'It was confirmed, and failed: see `problem`.' },
    DECLINED: { description: 'An administrator declined it.' },
    EXPIRED: { description: 'No administrator decided on it within 24 hours.' },
  } satisfies Record<RequestStatus, { description: string }>,
});

export const DockerRequestRef = builder.objectRef<DockerRequest>('DockerRequest');

builder.node(DockerRequestRef, {
  description:
    'A Docker command that changes a container. It runs only after an administrator confirms its effect.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.docker.findMany(viewerOf(context), ids))],
  fields: (t) => ({
    command: t.string({
      description: 'The command as a person would type it.',
      resolve: ({ command }) => textOf(command),
    }),
    name: t.field({
      type: CommandNameRef,
      description: 'The kind of the command.',
      resolve: ({ command }) => command.name,
    }),
    container: t.string({
      description: 'The name of the container.',
      resolve: ({ command }) => command.container,
    }),
    containerId: t.exposeString('containerId', {
      description: 'The id of the container that the command changes, also if another one gets its name.',
    }),
    risk: t.field({
      type: RiskRef,
      description: 'The harm it can do, by its kind.',
      resolve: ({ command }) => commandRules[command.name].risk,
    }),
    effect: t.exposeString('effect', {
      description: 'What exactly the command does. `confirmDockerCommand` takes this text.',
    }),
    reason: t.exposeString('reason', { description: 'Why the user wants it; empty: not given.' }),
    status: t.expose('status', { type: StatusRef, description: 'The state of the request.' }),
    problem: t.exposeString('problem', { description: 'What went wrong; empty: nothing.' }),
    requestedBy: t.field({
      type: UserRef,
      nullable: true,
      description: 'The user who requested it; null if they were deleted.',
      resolve: ({ ownerId }, _args, { loaders }) => loaders.user.load(ownerId),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was requested.' }),
    decidedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When an administrator confirmed or declined it; null: not yet.',
      resolve: ({ decidedAt }) => decidedAt,
    }),
    viewerCanConfirm: t.boolean({
      description: 'Whether the viewer may confirm and decline it.',
      resolve: ({ status }, _args, { viewer }) =>
        status === 'PENDING' && may(viewer, 'confirmDockerCommands'),
    }),
  }),
});

export const DockerRequestEdge = builder.edgeObject({
  type: DockerRequestRef,
  name: 'DockerRequestEdge',
  description: 'A requested Docker command in a list.',
});

const DockerRequestConnection = builder.connectionObject(
  {
    type: DockerRequestRef,
    name: 'DockerRequestConnection',
    description: 'A page of requested Docker commands, newest first.',
  },
  DockerRequestEdge,
);

export const cursors = timeCursors('docker request');

builder.queryField('dockerRequests', (t) =>
  t.connection(
    {
      type: DockerRequestRef,
      description:
        'The Docker commands that the viewer requested; for administrators, those of all users. Newest first.',
      resolve: async (_root, args, context) => {
        const page = await context.docker.page(viewerOf(context), pageRequest(args, cursors));
        return connectionOf(page, cursors, (row) => row);
      },
    },
    DockerRequestConnection,
    DockerRequestEdge,
  ),
);

builder.queryField('dockerEnabled', (t) =>
  t.boolean({
    description: 'Whether this server runs Docker commands (`DOCKER_HOST`). Plans need no Docker.',
    resolve: (_root, _args, { docker }) => docker.isOn,
  }),
);
