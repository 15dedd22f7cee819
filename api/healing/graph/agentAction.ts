import { builder } from '../../graph/builder.ts';
import type { AgentAction } from '../agent.ts';

export const AgentActionRef = builder.objectRef<AgentAction>('AgentAction').implement({
  description: 'What an agent can do about its failure.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name, such as `restart-worker`.' }),
    description: t.exposeString('description', { description: 'What it does.' }),
    needsApproval: t.exposeBoolean('needsApproval', {
      description: 'Whether a person approves each run of it, however sure the model is.',
    }),
  }),
});
