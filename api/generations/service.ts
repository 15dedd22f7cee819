import { type AdmissionDeps, createAdmission } from './admission.ts';
import { type Completions, type CompletionsDeps, createCompletions } from './completions.ts';
import { createLifecycle, type Lifecycle, type LifecycleDeps } from './lifecycle.ts';
import type { StartAnswerDeps } from './startAnswer.ts';
import { createStarts, type Starts } from './starts.ts';

/** All that can be asked of generations: to start one, to watch it, to end it, to take it up again. */
export type Generations = Starts & Lifecycle & Completions;

export type GenerationsDeps = AdmissionDeps &
  Omit<StartAnswerDeps & LifecycleDeps & CompletionsDeps, 'admission'>;

export const createGenerations = (deps: GenerationsDeps): Generations => {
  const parts = { ...deps, admission: createAdmission(deps) };
  const lifecycle = createLifecycle(parts);
  return { ...createStarts(parts), ...lifecycle, ...createCompletions(parts, lifecycle) };
};
