import type { LimitHitLog } from '../hits/log.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly limitHits: LimitHitLog;
  }
}
