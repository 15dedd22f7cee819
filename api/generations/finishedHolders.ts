import { isEmbeddingHolder, maxEmbedMs } from '../embeddings/holder.ts';
import { isFinal } from './generation.ts';
import type { GenerationStore } from './store/store.ts';

/** A generation that holds a running slot or a token reservation. */
export interface Holder {
  /** The generation's id. */
  readonly id: string;
  /** The attempt for which the slot or reservation was acquired. */
  readonly attempt: number;
  readonly heldMs: number;
}

/** The maximum time between acquiring a slot and storing its generation, in ms. */
const maxUnstoredMs = 30_000;

/** Requests for embeddings are never stored, and release what they hold when they end. */
const maxHeldMs = (id: string): number => maxUnstoredMs + (isEmbeddingHolder(id) ? maxEmbedMs : 0);

/**
 * Returns the holders whose generation has ended or was never stored. The next request that needs a slot or tokens
 * releases theirs, so a crash loses nothing. A continued generation acquires for its next attempt before that is stored.
 */
export const finishedHolders = async <Held extends Holder>(
  generations: Pick<GenerationStore, 'findMany'>,
  ownerId: string,
  holders: readonly Held[],
): Promise<readonly Held[]> => {
  if (holders.length === 0) return [];
  const found = await generations.findMany(
    ownerId,
    holders.map(({ id }) => id),
  );
  return holders.filter(({ id, attempt, heldMs }, index) => {
    const generation = found[index];
    if (generation && !isFinal(generation.status)) return false;
    return (generation && generation.attempt >= attempt) || heldMs > maxHeldMs(id);
  });
};
