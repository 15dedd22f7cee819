import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { type Healing, healingLimits } from '../healing.ts';
import { HealingRef } from './healing.ts';

builder.relayMutationField(
  'closeHealing',
  {
    description: 'The healing to close.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the healing.' }),
      reason: t.string({ description: 'Why.', bounds: { maxLength: healingLimits.reason } }),
    }),
  },
  {
    authScopes: { may: 'decideHealings' },
    description:
      'Closes an unfinished healing: the agent runs no more actions. No API keys: a person has to decide. `NOT_FOUND`, `CONFLICT` if it is finished.',
    resolve: async (_root, { input }, context) => ({
      healing: await context.healings.close(
        viewerOf(context),
        decodeId('Healing', input.id),
        input.reason ?? '',
      ),
    }),
  },
  {
    description: 'The closed healing.',
    outputFields: (t) => ({
      healing: t.field({
        type: HealingRef,
        description: 'The healing.',
        resolve: ({ healing }: { healing: Healing }) => healing,
      }),
    }),
  },
);
