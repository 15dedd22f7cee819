import { builder } from '../../graph/builder.ts';
import { HealingRef } from './healing.ts';

/** An agent of the caller's system, such as the Control Center: gateways join its other fields. */
export const AgentRef = builder.objectRef<{ readonly id: string }>('Agent').implement({
  description: "An agent of the caller's system, such as the Control Center, by its id there.",
  fields: (t) => ({
    id: t.id({ description: 'The id of the agent in its own system.', resolve: ({ id }) => id }),
    healing: t.field({
      type: HealingRef,
      nullable: true,
      description: "The newest of the viewer's healings of this agent; null: there is none.",
      resolve: ({ id }, _args, { loaders }) => loaders.healingOfAgent.load(id),
    }),
  }),
});

builder.objectField(HealingRef, 'agent', (t) =>
  t.field({
    type: AgentRef,
    description: 'The agent that failed. In a supergraph it has the fields of its own system.',
    resolve: ({ agentId }) => ({ id: agentId }),
  }),
);
