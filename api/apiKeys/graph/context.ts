import type { ApiKeys } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly apiKeys: ApiKeys;
  }
}
