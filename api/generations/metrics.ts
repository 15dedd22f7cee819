import type { Generation } from './generation.ts';
import type { EndedToolCall } from './run/tools/toolRun.ts';

/** Counts the generations of this process. Its methods don't throw. */
export interface GenerationMetrics {
  /** Called when a generation has run to a final state, with its stored values. */
  generationEnded(
    generation: Pick<
      Generation,
      'id' | 'model' | 'status' | 'cached' | 'usage' | 'queuedAt' | 'startedAt' | 'toolUse'
    >,
  ): void;
  /** Called after a cache lookup. `followed`: another generation is computing the answer. */
  cacheLookedUp(result: 'hit' | 'followed' | 'missed'): void;
}

/** Counts the calls of tools of this process. Doesn't throw. */
export interface ToolMetrics {
  /** Called when a call of a tool has ended. */
  toolCalled(
    ended: Pick<EndedToolCall, 'isKnown' | 'durationMs' | 'decisionMs'> & {
      readonly call: Pick<EndedToolCall['call'], 'name' | 'state' | 'denial'>;
    },
  ): void;
}
