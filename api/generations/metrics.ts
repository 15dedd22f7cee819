import type { Generation } from './generation.ts';

/** Told of what happens to generations in this process, to count it. Throws nothing. */
export interface GenerationObserver {
  /** One ran to a final state, as it is stored. */
  ended(generation: Pick<Generation, 'model' | 'status' | 'cached' | 'usage'>): void;
  /** A stored answer was looked for. `followed`: another generation was computing it just then. */
  cacheAsked(result: 'hit' | 'followed' | 'missed'): void;
}
