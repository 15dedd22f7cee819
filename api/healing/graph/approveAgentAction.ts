import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { actionLimits } from '../../presets/workflows/agentHealing/agentHealing.ts';
import { type Healing, healingLimits } from '../healing.ts';
import { HealingRef } from './healing.ts';

builder.relayMutationField(
  'approveAgentAction',
  {
    description: 'The action to approve.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the healing.' }),
      action: t.string({
        required: true,
        description: 'The name of one of its declared actions.',
        bounds: { maxLength: actionLimits.name },
      }),
      reason: t.string({ description: 'Why.', bounds: { maxLength: healingLimits.reason } }),
    }),
  },
  {
    authScopes: { may: 'decideHealings' },
    description:
      'Lets an agent run one of its declared actions, as a new round. The agent reads it when it repeats its report. No API keys: a person has to decide. `NOT_FOUND`, `BAD_USER_INPUT` for another action, `CONFLICT` if no person is asked.',
    resolve: async (_root, { input }, context) => ({
      healing: await context.healings.approve(
        viewerOf(context),
        decodeId('Healing', input.id),
        input.action,
        input.reason ?? '',
      ),
    }),
  },
  {
    description: 'The healing with the approved action.',
    outputFields: (t) => ({
      healing: t.field({
        type: HealingRef,
        description: 'The healing.',
        resolve: ({ healing }: { healing: Healing }) => healing,
      }),
    }),
  },
);
