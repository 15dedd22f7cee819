import { z } from 'zod';
import { notFound } from '../../../errors/failures.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { healingLimits, healingStatuses } from '../../../healing/healing.ts';
import type { Healings } from '../../../healing/service.ts';
import { timeCursors } from '../../../paging/connections.ts';
import { pageSizeLimit } from '../../../paging/pages.ts';
import { actionLimits } from '../../../presets/workflows/agentHealing/agentHealing.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { bodyLimit, eventId, healingShape, resultFields, shapeOf, tag } from './healingShape.ts';

const cursors = timeCursors('healing');

const reason = z.string().max(healingLimits.reason).nullish().describe('Why.');

/** The routes of the attempts to heal agents. */
export const healingRoutes = (healings: Healings): readonly Route[] => [
  endpoint({
    method: 'GET',
    path: '/api/llm/healing/healings',
    id: 'listHealings',
    tag,
    summary: 'List your healings.',
    query: z.object({
      status: z.enum(healingStatuses).optional().describe('Only these, such as NEEDS_PERSON.'),
      after: z.string().max(1024).optional().describe('The `next` of the previous page.'),
    }),
    answer: json(
      'At most 100 healings, newest first.',
      z.object({
        healings: z.array(healingShape),
        next: z.string().nullable().describe('The cursor of the next page; null: this is the last page.'),
      }),
    ),
    errors: [403],
    async handle({ viewer, query: { status = null, after } }) {
      const { items, hasNextPage } = await healings.page(viewer, status, {
        direction: 'forward',
        size: pageSizeLimit,
        after: after ? cursors.decode('after', after) : null,
        before: null,
      });
      const last = items.at(-1);
      return { healings: items.map(shapeOf), next: hasNextPage && last ? cursors.encode(last) : null };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/llm/healing/healings/{id}',
    id: 'getHealing',
    tag,
    summary: 'Read a healing.',
    parameter: 'The id of the healing.',
    answer: json('The healing.', healingShape),
    errors: [403, 404],
    async handle({ viewer, parameter }) {
      const [healing] = await healings.findMany(viewer, [decodeId('Healing', parameter)]);
      if (!healing) throw notFound('healing');
      return shapeOf(healing);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/llm/healing/healings/{id}/results',
    id: 'reportActionResult',
    tag,
    summary: 'Report the result of a proposed action.',
    description:
      'If the action failed and rounds are left, the failure is diagnosed again. Waits at most 50 seconds. Status 409 for another round, or a healing that waits for no result.',
    parameter: 'The id of the healing.',
    body: {
      schema: z.object({ ...resultFields, eventId: eventId.nullish() }),
      limit: bodyLimit,
      examples: { 'a success': { round: 1, succeeded: true, output: 'The worker runs again.' } },
    },
    answer: json('The healing.', healingShape),
    errors: [403, 404, 409, 429, 502, 503, 504],
    handle: async ({ viewer, parameter, body }) =>
      shapeOf(await healings.reportResult(viewer, decodeId('Healing', parameter), body)),
  }),
  endpoint({
    method: 'POST',
    path: '/api/llm/healing/healings/{id}/approve',
    id: 'approveAgentAction',
    tag,
    summary: 'Let an agent run one of its declared actions.',
    description: 'With a session: no API keys. Status 409 if no person is asked.',
    parameter: 'The id of the healing.',
    body: {
      schema: z.object({
        action: z.string().max(actionLimits.name).describe('The name of one of the declared actions.'),
        reason,
      }),
      limit: 16_384,
    },
    answer: json('The healing.', healingShape),
    errors: [403, 404, 409],
    handle: async ({ viewer, parameter, body }) => {
      const id = decodeId('Healing', parameter);
      return shapeOf(await healings.approve(viewer, id, body.action, body.reason ?? ''));
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/llm/healing/healings/{id}/close',
    id: 'closeHealing',
    tag,
    summary: 'Close an unfinished healing.',
    description: 'With a session: no API keys.',
    parameter: 'The id of the healing.',
    body: { schema: z.object({ reason }), limit: 16_384 },
    answer: json('The closed healing.', healingShape),
    errors: [403, 404, 409],
    handle: async ({ viewer, parameter, body }) =>
      shapeOf(await healings.close(viewer, decodeId('Healing', parameter), body.reason ?? '')),
  }),
];
