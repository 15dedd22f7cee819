import type { Batch } from './batch.ts';

/** Counts the batches of this process. Its methods don't throw. */
export interface BatchMetrics {
  /** Called when a batch has ended. */
  batchEnded(status: Batch['status']): void;
  /** Called when an input has ended, or was released for another run. */
  batchInputRun(outcome: 'completed' | 'failed' | 'released'): void;
}
