import type { Imports } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly imports: Imports;
  }
}
