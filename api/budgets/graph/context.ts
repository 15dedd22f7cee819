import type { Budgets } from '../budgets.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly budgets: Budgets;
  }
}
