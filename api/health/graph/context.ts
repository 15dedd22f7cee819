import type { Engine } from '../../engine/engine.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly engine: Engine;
  }
}
