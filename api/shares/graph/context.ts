import type { Shares } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly shares: Shares;
    /** `PUBLIC_URL`, without a slash at its end. */
    readonly publicUrl: string | null;
  }
}
