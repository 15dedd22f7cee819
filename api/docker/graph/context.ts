import type { Docker } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly docker: Docker;
  }
}
