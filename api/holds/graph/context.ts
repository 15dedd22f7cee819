import type { Holds } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly holds: Holds;
  }
}
