import type { Tools } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly tools: Tools;
  }
}
