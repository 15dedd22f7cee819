import type { Viewer } from '../access/viewer.ts';
import type { Ids } from '../process/ids.ts';
import type { Batch, BatchItem, BatchOutcome } from './batch.ts';

/** One run of an input. */
export interface InputRun {
  readonly viewer: Viewer;
  readonly batch: Batch;
  readonly item: BatchItem;
  /** Returns the id of the next generation of this run. */
  readonly nextGenerationId: () => string;
  readonly signal: AbortSignal;
}

/**
 * Runs an input by the same service that a person would use, in the background. Throws its failures, and `signal.reason`.
 * An answer that isn't usable is an outcome with an error.
 */
export type RunInput = (run: InputRun) => Promise<BatchOutcome>;

/**
 * Returns the id of a generation of an input. As it is derived, a runner that takes an interrupted input over finds the
 * generations of the run before, and so does a cancellation.
 */
export const generationIdOf = (
  ids: Pick<Ids, 'derived'>,
  { id, attempt }: Pick<BatchItem, 'id' | 'attempt'>,
  turn: number,
): string => ids.derived('batch', id, String(attempt), String(turn));
