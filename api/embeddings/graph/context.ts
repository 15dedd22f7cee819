import type { EmbeddingsService } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly embeddings: EmbeddingsService;
  }
}
