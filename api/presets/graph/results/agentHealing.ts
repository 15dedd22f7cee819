import { builder } from '../../../graph/builder.ts';
import type { HealingDiagnosis } from '../../workflows/agentHealing/agentHealing.ts';

export const HealingDiagnosisRef = builder.objectRef<HealingDiagnosis>('HealingDiagnosis').implement({
  description: 'The diagnosis of a failing agent, with a proposed action.',
  fields: (t) => ({
    diagnosis: t.exposeString('diagnosis', { description: 'The cause in plain words.' }),
    action: t.exposeString('action', {
      nullable: true,
      description: 'The proposed one of the declared actions, by name; null: none helps.',
    }),
    explanation: t.exposeString('explanation', { description: 'Why this action, or why none.' }),
    confidence: t.exposeFloat('confidence', {
      description: 'How sure the model says it is, from 0 to 1.',
    }),
  }),
});
