import { z } from 'zod';
import {
  commandNames,
  commandRules,
  logLines,
  maxContainerLength,
  risks,
  textOf,
} from '../../../docker/command.ts';
import {
  type DockerRequest,
  maxEffectLength,
  maxReasonLength,
  requestStatuses,
} from '../../../docker/request.ts';
import type { Docker } from '../../../docker/service.ts';
import { decodeId, encodeId } from '../../../graph/globalIds.ts';
import { timeCursors } from '../../../paging/connections.ts';
import { pageSizeLimit } from '../../../paging/pages.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';

const tag = 'Docker';

/** The maximum body, in bytes: a reason or an effect in UTF-8, escaped. */
const bodyLimit = 16_384;

const cursors = timeCursors('docker request');

const name = z.enum(commandNames);
const container = z.string().min(1).max(maxContainerLength);

const requestShape = z.object({
  id: z.string(),
  command: z.string().describe('As a person would type it.'),
  name,
  container: z.string(),
  containerId: z.string(),
  risk: z.enum(risks),
  effect: z.string().describe('What exactly the command does.'),
  reason: z.string(),
  status: z.enum(requestStatuses),
  problem: z.string().describe('What went wrong; empty: nothing.'),
  createdAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
});

const shapeOf = (request: DockerRequest): z.input<typeof requestShape> => ({
  id: encodeId('DockerRequest', request.id),
  command: textOf(request.command),
  name: request.command.name,
  container: request.command.container,
  containerId: request.containerId,
  risk: commandRules[request.command.name].risk,
  effect: request.effect,
  reason: request.reason,
  status: request.status,
  problem: request.problem,
  createdAt: request.createdAt.toISOString(),
  decidedAt: request.decidedAt?.toISOString() ?? null,
});

/** The routes of Docker commands. Plans are made by the preset `docker`. */
export const dockerRoutes = (docker: Docker): readonly Route[] => [
  endpoint({
    method: 'POST',
    path: '/api/llm/docker/commands',
    id: 'runDockerCommand',
    tag,
    summary: 'Run a Docker command that only reads.',
    description:
      'With a session: no API keys. Status 403 if the server is not connected to Docker (`DOCKER_HOST`).',
    body: {
      schema: z.object({
        name: name.describe('PS, IMAGES, LOGS, STATS or INSPECT.'),
        container: container.nullish().describe('For LOGS, STATS and INSPECT.'),
        lines: z.int().min(1).max(logLines.max).nullish().describe('The last lines of LOGS.'),
      }),
      limit: bodyLimit,
      examples: { 'the last lines of a log': { name: 'LOGS', container: 'web', lines: 20 } },
    },
    answer: json(
      'The output, at most 16 KB.',
      z.object({
        command: z.string().describe('As a person would type it.'),
        output: z.string(),
        isCut: z.boolean().describe('Whether the output was longer. Of a log, the end is kept.'),
      }),
    ),
    errors: [403, 404, 429, 503],
    async handle({ viewer, body }) {
      const { command, text, isCut } = await docker.run(viewer, body);
      return { command: textOf(command), output: text, isCut };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/llm/docker/requests',
    id: 'listDockerRequests',
    tag,
    summary: 'List requested Docker commands: your own; for administrators, those of all users.',
    query: z.object({
      after: z.string().max(1024).optional().describe('The `next` of the previous page.'),
    }),
    answer: json(
      'At most 100 requests, newest first.',
      z.object({
        requests: z.array(requestShape),
        next: z.string().nullable().describe('The cursor of the next page; null: this is the last page.'),
      }),
    ),
    errors: [403],
    async handle({ viewer, query }) {
      const after = query.after ? cursors.decode('after', query.after) : null;
      const { items, hasNextPage } = await docker.page(viewer, {
        direction: 'forward',
        size: pageSizeLimit,
        after,
        before: null,
      });
      const last = items.at(-1);
      return { requests: items.map(shapeOf), next: hasNextPage && last ? cursors.encode(last) : null };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/llm/docker/requests',
    id: 'requestDockerCommand',
    tag,
    summary: 'Request a Docker command that changes a container.',
    description:
      'With a session: no API keys. It runs only after an administrator confirms its effect, within 24 hours.',
    body: {
      schema: z.object({
        name: name.describe('START, STOP, RESTART, PAUSE, UNPAUSE or REMOVE.'),
        container,
        reason: z.string().max(maxReasonLength).nullish().describe('Why, for the administrator.'),
      }),
      limit: bodyLimit,
      examples: { 'a restart': { name: 'RESTART', container: 'web', reason: 'It answers with 502.' } },
    },
    answer: json('The request, with its effect.', requestShape),
    errors: [403, 404, 409, 429, 503],
    handle: async ({ viewer, body }) => shapeOf(await docker.request(viewer, body, body.reason ?? '')),
  }),
  endpoint({
    method: 'POST',
    path: '/api/llm/docker/requests/{id}/confirm',
    id: 'confirmDockerCommand',
    tag,
    summary: 'Confirm and run a requested Docker command.',
    description:
      'Administrators only, with a session: no API keys. Status 409 if `effect` is not the current effect, or if the request no longer waits.',
    parameter: 'The id of the request.',
    body: {
      schema: z.object({
        effect: z.string().max(maxEffectLength).describe('The effect of the request, as you read it.'),
      }),
      limit: bodyLimit,
    },
    answer: json('The request after the command ran.', requestShape),
    errors: [403, 404, 409, 503],
    handle: async ({ viewer, parameter, body }) =>
      shapeOf(await docker.confirm(viewer, decodeId('DockerRequest', parameter), body.effect)),
  }),
  endpoint({
    method: 'POST',
    path: '/api/llm/docker/requests/{id}/decline',
    id: 'declineDockerCommand',
    tag,
    summary: 'Decline a requested Docker command.',
    description: 'Administrators only, with a session: no API keys.',
    parameter: 'The id of the request.',
    answer: json('The declined request.', requestShape),
    errors: [403, 404, 409],
    handle: async ({ viewer, parameter }) =>
      shapeOf(await docker.decline(viewer, decodeId('DockerRequest', parameter))),
  }),
];
