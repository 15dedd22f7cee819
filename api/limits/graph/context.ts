import type { LimitHitLog } from '../hits/limitHits.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly limitHits: LimitHitLog;
  }
}
