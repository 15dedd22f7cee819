import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { actionLimits } from '../../presets/workflows/agentHealing/agentHealing.ts';
import { healingLimits } from '../healing.ts';
import type { RegisteredAgent } from '../service.ts';
import { agentCursors, HealingAgentEdge, HealingAgentRef } from './healingAgent.ts';

const AgentActionInput = builder.inputType('AgentActionInput', {
  description: 'What an agent can do about its failure.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'Lower-case words joined by "-", such as `restart-worker`; not `none`.',
      bounds: { maxLength: actionLimits.name },
    }),
    description: t.string({
      required: true,
      description: 'What it does, in one line.',
      bounds: { maxLength: actionLimits.description },
    }),
    needsApproval: t.boolean({
      description: 'Whether a person approves each run of it. Omitted: no.',
    }),
  }),
});

builder.relayMutationField(
  'registerHealingAgent',
  {
    description: 'The agent to register.',
    inputFields: (t) => ({
      agentId: t.string({
        required: true,
        description: 'The id of the agent in your own system, such as the Control Center.',
        bounds: { maxLength: healingLimits.agentId },
      }),
      actions: t.field({
        type: [AgentActionInput],
        required: true,
        description: 'The only actions that it is ever asked for.',
        bounds: { maxItems: actionLimits.actions },
      }),
      maxRounds: t.int({
        description: `After this many rounds, a person is asked. Omitted: ${healingLimits.usualRounds}.`,
        bounds: { min: 1, max: healingLimits.rounds },
      }),
      minConfidence: t.float({
        description: `Below this confidence, a person is asked; from 0 to 1. Omitted: ${healingLimits.usualConfidence}.`,
        bounds: { min: 0, max: 1 },
      }),
    }),
  },
  {
    authScopes: { may: 'decideHealings' },
    description:
      'Registers an agent that reports its failures. No API keys. `CONFLICT` for a registered `agentId`, or 100 agents.',
    resolve: (_root, { input }, context) => context.healings.register(viewerOf(context), input),
  },
  {
    description: 'The registered agent.',
    outputFields: (t) => ({
      healingAgent: t.field({
        type: HealingAgentRef,
        description: 'The agent.',
        resolve: ({ agent }: RegisteredAgent) => agent,
      }),
      healingAgentEdge: t.field({
        type: HealingAgentEdge,
        description: 'Its edge in `healingAgents`.',
        resolve: ({ agent }: RegisteredAgent) => ({ node: agent, cursor: agentCursors.encode(agent) }),
      }),
      secret: t.string({
        description: 'Signs its events (`POST /api/llm/healing/agents/{id}/events`). It is shown only here.',
        resolve: ({ secret }: RegisteredAgent) => secret,
      }),
    }),
  },
);
