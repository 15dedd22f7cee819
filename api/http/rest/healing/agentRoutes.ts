import { z } from 'zod';
import { Failure } from '../../../errors/failures.ts';
import { decodeId, encodeId } from '../../../graph/globalIds.ts';
import type { HealingAgent } from '../../../healing/agent.ts';
import { healingLimits } from '../../../healing/healing.ts';
import type { Healings } from '../../../healing/service.ts';
import type { HealingWebhook } from '../../../healing/webhook.ts';
import { timeCursors } from '../../../paging/connections.ts';
import { pageSizeLimit } from '../../../paging/pages.ts';
import { actionLimits } from '../../../presets/workflows/agentHealing/agentHealing.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import {
  actionShape,
  bodyLimit,
  eventId,
  failureFields,
  healingShape,
  resultFields,
  shapeOf,
  tag,
} from './healingShape.ts';

const agentShape = z.object({
  id: z.string(),
  agentId: z.string().describe('The id of the agent in your own system.'),
  actions: z.array(actionShape),
  maxRounds: z.int(),
  minConfidence: z.number(),
  createdAt: z.iso.datetime(),
});

const agentOf = ({ id, agentId, actions, maxRounds, minConfidence, createdAt }: HealingAgent) => ({
  id: encodeId('HealingAgent', id),
  agentId,
  actions: actions.map((action) => ({ ...action })),
  maxRounds,
  minConfidence,
  createdAt: createdAt.toISOString(),
});

const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('failure'), eventId, ...failureFields }),
  z.object({
    type: z.literal('result'),
    eventId,
    healing: z.string().max(200).describe('The id of the healing.'),
    ...resultFields,
  }),
]);

const cursors = timeCursors('healing agent');

export interface AgentRoutesDeps {
  readonly healings: Healings;
  readonly webhook: HealingWebhook;
}

/** The routes of the agents that report their failures. */
export const agentRoutes = ({ healings, webhook }: AgentRoutesDeps): readonly Route[] => [
  endpoint({
    method: 'GET',
    path: '/api/llm/healing/agents',
    id: 'listHealingAgents',
    tag,
    summary: 'List your registered agents.',
    query: z.object({
      after: z.string().max(1024).optional().describe('The `next` of the previous page.'),
    }),
    answer: json(
      'At most 100 agents, newest first.',
      z.object({
        agents: z.array(agentShape),
        next: z.string().nullable().describe('The cursor of the next page; null: this is the last page.'),
      }),
    ),
    errors: [403],
    async handle({ viewer, query: { after } }) {
      const { items, hasNextPage } = await healings.pageOfAgents(viewer, {
        direction: 'forward',
        size: pageSizeLimit,
        after: after ? cursors.decode('after', after) : null,
        before: null,
      });
      const last = items.at(-1);
      return { agents: items.map(agentOf), next: hasNextPage && last ? cursors.encode(last) : null };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/llm/healing/agents',
    id: 'registerHealingAgent',
    tag,
    summary: 'Register an agent that reports its failures.',
    description: 'With a session: no API keys. The agent is only ever asked for the actions declared here.',
    body: {
      schema: z.object({
        agentId: z.string().max(healingLimits.agentId).describe('The id of the agent in your own system.'),
        actions: z
          .array(
            z.object({
              name: z.string().max(actionLimits.name).describe('Lower-case words joined by "-".'),
              description: z.string().max(actionLimits.description),
              needsApproval: z.boolean().nullish().describe('Whether a person approves each run of it.'),
            }),
          )
          .max(actionLimits.actions),
        maxRounds: z.int().min(1).max(healingLimits.rounds).nullish(),
        minConfidence: z.number().min(0).max(1).nullish(),
      }),
      limit: 100_000,
      examples: {
        'a worker': {
          agentId: 'worker-3',
          actions: [
            { name: 'restart-worker', description: 'Restarts the worker.' },
            { name: 'roll-back', description: 'Starts the version before.', needsApproval: true },
          ],
        },
      },
    },
    answer: json(
      'The agent, with its secret, which is shown only here.',
      agentShape.extend({ secret: z.string().describe('Signs the events of the agent.') }),
    ),
    errors: [403, 409],
    async handle({ viewer, body }) {
      const { agent, secret } = await healings.register(viewer, body);
      return { ...agentOf(agent), secret };
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/llm/healing/agents/{id}',
    id: 'deleteHealingAgent',
    tag,
    summary: 'Delete a registered agent, and so its secret.',
    description: 'With a session: no API keys. Its healings are kept.',
    parameter: 'The id of the agent.',
    answer: { description: 'The agent is deleted.', types: null },
    errors: [403, 404],
    async handle({ viewer, parameter }) {
      await healings.remove(viewer, decodeId('HealingAgent', parameter));
      return undefined;
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/llm/healing/agents/{id}/failures',
    id: 'reportAgentFailure',
    tag,
    summary: 'Report the failure of an agent, with your own credentials.',
    description:
      'Waits at most 50 seconds for the diagnosis. If the status is DIAGNOSING by then, read the healing later, or send the same report again.',
    parameter: 'The id of the registered agent.',
    body: {
      schema: z.object({ ...failureFields, eventId: eventId.nullish() }),
      limit: bodyLimit,
      examples: { 'a full heap': { log: 'FATAL: heap out of memory', state: '{"batchSize": 500}' } },
    },
    answer: json('The healing.', healingShape),
    errors: [403, 404, 409, 429, 502, 503, 504],
    handle: async ({ viewer, parameter, body }) =>
      shapeOf(await healings.reportFailure(viewer, decodeId('HealingAgent', parameter), body)),
  }),
  endpoint({
    method: 'POST',
    path: '/api/llm/healing/agents/{id}/events',
    id: 'receiveAgentEvent',
    tag,
    summary: 'The webhook of agents: a failure, or the result of an action, signed by the agent.',
    description:
      'No credentials but a signature. `X-Ziggie-Timestamp` has the seconds since 1970; `X-Ziggie-Signature` is `sha256=` and the HMAC-SHA-256 of `timestamp.body` in hexadecimal, with the secret of the agent. A timestamp may differ by 5 minutes. The same `eventId` changes nothing, and returns the current state: repeat an event while the status is DIAGNOSING, and to learn what a person decided. At most 60 events a minute.',
    parameter: 'The id of the registered agent.',
    body: {
      schema: event,
      limit: bodyLimit,
      examples: {
        'a failure': { type: 'failure', eventId: 'crash-20261120-0914', log: 'FATAL: heap out of memory' },
        'a result': {
          type: 'result',
          eventId: 'restart-20261120-0915',
          healing: 'SGVhbGluZzowMUtB…',
          round: 1,
          succeeded: true,
        },
      },
    },
    answer: json('The healing.', healingShape),
    errors: [401, 403, 404, 409, 429, 502, 503, 504],
    credentials: 'none',
    async verify({ exchange: { request }, parameter, bytes }) {
      const { 'x-ziggie-timestamp': timestamp = '', 'x-ziggie-signature': signature = '' } = request.headers;
      const headers = { timestamp: String(timestamp), signature: String(signature) };
      await webhook.verify(signedBy(parameter), headers, bytes);
    },
    async handle({ exchange: { address, requestId }, parameter, body }) {
      const agentId = signedBy(parameter);
      const viewer = await webhook.callerOf(agentId, { address, requestId, surface: 'rest' });
      if (body.type === 'failure') return shapeOf(await healings.reportFailure(viewer, agentId, body));
      const id = decodeId('Healing', body.healing);
      return shapeOf(await healings.reportResult(viewer, id, { ...body, reporterId: agentId }));
    },
  }),
];

/** Returns the id of the agent. A malformed one is no agent's, and gets the same answer as a wrong signature. */
const signedBy = (parameter: string): string => {
  try {
    return decodeId('HealingAgent', parameter);
  } catch (error) {
    if (error instanceof Failure) return '';
    throw error;
  }
};
