import { Failure } from '../errors/failures.ts';
import type { Ids } from '../process/ids.ts';
import type { BatchItem } from './batch.ts';
import { generationIdOf } from './work.ts';

export interface CancelGenerationsDeps {
  /** Cancels a generation of an owner. Throws `NOT_FOUND`. */
  readonly cancelGeneration: (
    owner: { readonly user: { readonly id: string } },
    id: string,
  ) => Promise<unknown>;
  readonly ids: Pick<Ids, 'derived'>;
}

/** Unused ids after which a run has no further generations: a rejected request leaves a gap. */
const maxGaps = 4;

/** Cancels the generations of one run of an input. */
export const cancelGenerations = async (
  { cancelGeneration, ids }: CancelGenerationsDeps,
  item: Pick<BatchItem, 'id' | 'ownerId' | 'attempt'>,
): Promise<void> => {
  let gaps = 0;
  for (let turn = 0; gaps < maxGaps; turn += 1) {
    try {
      await cancelGeneration({ user: { id: item.ownerId } }, generationIdOf(ids, item, turn));
      gaps = 0;
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'NOT_FOUND')) throw error;
      gaps += 1;
    }
  }
};
