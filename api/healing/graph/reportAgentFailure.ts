import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { type Healing, healingLimits } from '../healing.ts';
import { cursors, eventIdOptions, HealingEdge, HealingRef } from './healing.ts';

builder.relayMutationField(
  'reportAgentFailure',
  {
    description: 'The failure of an agent.',
    inputFields: (t) => ({
      agentId: t.id({ required: true, description: 'The id of the registered agent.' }),
      log: t.string({
        required: true,
        description: 'The log of the agent. The last 20,000 characters are diagnosed.',
        bounds: { maxLength: healingLimits.log },
      }),
      state: t.string({
        description: 'The state of the agent, such as its settings and counters as JSON.',
        bounds: { maxLength: healingLimits.state },
      }),
      eventId: t.string(eventIdOptions),
    }),
  },
  {
    authScopes: { may: 'generate' },
    description:
      'Diagnoses a failing agent, and proposes one of its declared actions. Waits at most 50 seconds: if the status is `DIAGNOSING` by then, read the healing later, or send the same report again. `NOT_FOUND`, `CONFLICT` for more than 50 unfinished healings, and the failures of answers: then a person is asked, and the same report diagnoses again.',
    resolve: async (_root, { input }, context) => ({
      healing: await context.healings.reportFailure(
        viewerOf(context),
        decodeId('HealingAgent', input.agentId),
        input,
      ),
    }),
  },
  {
    description: 'The healing of the failure.',
    outputFields: (t) => ({
      healing: t.field({
        type: HealingRef,
        description: 'The healing.',
        resolve: ({ healing }: { healing: Healing }) => healing,
      }),
      healingEdge: t.field({
        type: HealingEdge,
        description: 'Its edge in `healings`.',
        resolve: ({ healing }: { healing: Healing }) => ({ node: healing, cursor: cursors.encode(healing) }),
      }),
    }),
  },
);
