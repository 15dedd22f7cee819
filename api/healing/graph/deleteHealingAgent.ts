import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';
import type { HealingAgent } from '../agent.ts';

builder.relayMutationField(
  'deleteHealingAgent',
  {
    description: 'The agent to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the registered agent.' }) }),
  },
  {
    authScopes: { may: 'decideHealings' },
    description:
      'Deletes a registered agent, and so its secret. Its healings are kept. No API keys. `NOT_FOUND`.',
    resolve: async (_root, { input }, context) => ({
      agent: await context.healings.remove(viewerOf(context), decodeId('HealingAgent', input.id)),
    }),
  },
  {
    description: 'The deleted agent.',
    outputFields: (t) => ({
      deletedHealingAgentId: t.id({
        description: 'Its id.',
        resolve: ({ agent }: { agent: HealingAgent }) => encodeId('HealingAgent', agent.id),
      }),
    }),
  },
);
