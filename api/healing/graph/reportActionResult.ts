import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { type Healing, healingLimits } from '../healing.ts';
import { eventIdOptions, HealingRef } from './healing.ts';

builder.relayMutationField(
  'reportActionResult',
  {
    description: 'The result of a proposed action.',
    inputFields: (t) => ({
      healingId: t.id({ required: true, description: 'The id of the healing.' }),
      round: t.int({
        required: true,
        description: 'The number of the round whose action ran.',
        bounds: { min: 1, max: 2 * healingLimits.rounds },
      }),
      succeeded: t.boolean({ required: true, description: 'Whether the agent works again.' }),
      output: t.string({
        description: 'The output of the action.',
        bounds: { maxLength: healingLimits.output },
      }),
      log: t.string({
        description: 'The log after a failed action. Omitted: the output is diagnosed.',
        bounds: { maxLength: healingLimits.log },
      }),
      state: t.string({
        description: 'The state after a failed action. Omitted: it is unchanged.',
        bounds: { maxLength: healingLimits.state },
      }),
      eventId: t.string(eventIdOptions),
    }),
  },
  {
    authScopes: { may: 'generate' },
    description:
      'Takes the result of a proposed action. If it failed and rounds are left, the failure is diagnosed again, as by `reportAgentFailure`; else a person is asked. `NOT_FOUND`, `CONFLICT` for another round or a healing that waits for no result.',
    resolve: async (_root, { input }, context) => ({
      healing: await context.healings.reportResult(
        viewerOf(context),
        decodeId('Healing', input.healingId),
        input,
      ),
    }),
  },
  {
    description: 'The healing after the report.',
    outputFields: (t) => ({
      healing: t.field({
        type: HealingRef,
        description: 'The healing.',
        resolve: ({ healing }: { healing: Healing }) => healing,
      }),
    }),
  },
);
