import { type Completions, type CompletionsDeps, createCompletions } from './completions.ts';
import { createLifecycle, type Lifecycle, type LifecycleDeps } from './lifecycle.ts';
import { createStarts, type Starts, type StartsDeps } from './starts.ts';

/** All that can be asked of generations: to start one, to watch it, to end it, to take it up again. */
export type Generations = Starts & Lifecycle & Completions;

export const createGenerations = (deps: StartsDeps & LifecycleDeps & CompletionsDeps): Generations => {
  const lifecycle = createLifecycle(deps);
  return { ...createStarts(deps), ...lifecycle, ...createCompletions(deps, lifecycle) };
};
