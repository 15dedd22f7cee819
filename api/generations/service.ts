import { createLifecycle, type Lifecycle, type LifecycleDeps } from './lifecycle.ts';
import { type AdmissionDeps, createAdmission } from './request/admission.ts';
import { type Completions, type CompletionsDeps, createCompletions } from './request/completion.ts';
import { createStartOperations, type StartDeps, type StartOperations } from './request/start.ts';
import { createStoredAnswers, type StoredAnswers, type StoredAnswersDeps } from './request/storedAnswer.ts';
import { createToolDecisions, type ToolDecisions, type ToolDecisionsDeps } from './toolDecisions.ts';

/** All operations on generations: start, watch, cancel, continue, complete; read and delete stored answers; decide on calls of tools. */
export type Generations = StartOperations & Lifecycle & Completions & StoredAnswers & ToolDecisions;

export type GenerationsDeps = AdmissionDeps &
  Omit<StartDeps, 'admission'> &
  Omit<LifecycleDeps, 'admission'> &
  Omit<CompletionsDeps, 'admission'> &
  StoredAnswersDeps &
  ToolDecisionsDeps;

export const createGenerations = (deps: GenerationsDeps): Generations => {
  const withAdmission = { ...deps, admission: createAdmission(deps) };
  const lifecycle = createLifecycle(withAdmission);
  return {
    ...createStartOperations(withAdmission),
    ...lifecycle,
    ...createCompletions(withAdmission, lifecycle),
    ...createStoredAnswers(withAdmission, lifecycle),
    ...createToolDecisions(withAdmission),
  };
};
