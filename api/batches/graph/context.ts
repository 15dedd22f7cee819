import type { Batches } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly batches: Batches;
  }
}
