import type { Pulls } from '../pulls.ts';
import type { Models } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly models: Models;
    readonly pulls: Pulls;
  }
}
