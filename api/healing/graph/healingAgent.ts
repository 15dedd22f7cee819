import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import type { HealingAgent } from '../agent.ts';
import { AgentRef } from './agent.ts';
import { AgentActionRef } from './agentAction.ts';

export const HealingAgentRef = builder.objectRef<HealingAgent>('HealingAgent');

builder.node(HealingAgentRef, {
  description: 'An agent that reports its failures, and the actions that it may be asked for.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [
    ...(await context.healings.findAgents(viewerOf(context), ids)),
  ],
  fields: (t) => ({
    agent: t.field({
      type: AgentRef,
      description: 'The agent. In a supergraph it has the fields of its own system.',
      resolve: ({ agentId }) => ({ id: agentId }),
    }),
    actions: t.field({
      type: [AgentActionRef],
      description: 'The declared actions: at most 20. No report adds one.',
      resolve: ({ actions }) => actions,
    }),
    maxRounds: t.exposeInt('maxRounds', { description: 'After this many rounds, a person is asked.' }),
    minConfidence: t.exposeFloat('minConfidence', {
      description: 'Below this confidence, a person is asked; from 0 to 1.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
  }),
});

export const HealingAgentEdge = builder.edgeObject({
  type: HealingAgentRef,
  name: 'HealingAgentEdge',
  description: 'A registered agent in a list.',
});

const HealingAgentConnection = builder.connectionObject(
  {
    type: HealingAgentRef,
    name: 'HealingAgentConnection',
    description: 'A page of registered agents, newest first.',
  },
  HealingAgentEdge,
);

export const agentCursors = timeCursors('healing agent');

builder.queryField('healingAgents', (t) =>
  t.connection(
    {
      type: HealingAgentRef,
      description: "The viewer's registered agents, newest first.",
      resolve: async (_root, args, context) => {
        const page = await context.healings.pageOfAgents(viewerOf(context), pageRequest(args, agentCursors));
        return connectionOf(page, agentCursors, (row) => row);
      },
    },
    HealingAgentConnection,
    HealingAgentEdge,
  ),
);
