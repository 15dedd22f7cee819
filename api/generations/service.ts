import { createLifecycle, type Lifecycle, type LifecycleDeps } from './lifecycle.ts';
import { type AdmissionDeps, createAdmission } from './request/admission.ts';
import type { StartAnswerDeps } from './request/answer.ts';
import { type Completions, type CompletionsDeps, createCompletions } from './request/completion.ts';
import { createStarts, type Starts } from './request/start.ts';

/** All that can be asked of generations: to start one, to watch it, to end it, to take it up again. */
export type Generations = Starts & Lifecycle & Completions;

export type GenerationsDeps = AdmissionDeps &
  Omit<StartAnswerDeps & LifecycleDeps & CompletionsDeps, 'admission'>;

export const createGenerations = (deps: GenerationsDeps): Generations => {
  const parts = { ...deps, admission: createAdmission(deps) };
  const lifecycle = createLifecycle(parts);
  return { ...createStarts(parts), ...lifecycle, ...createCompletions(parts, lifecycle) };
};
