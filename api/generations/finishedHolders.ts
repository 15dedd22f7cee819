import { isFinal } from './generation.ts';
import type { GenerationStore } from './store/store.ts';

/** Something that a generation holds while it waits and runs: a place, or a reservation. */
export interface Holder {
  readonly id: string;
  /** The attempt at the generation that it was acquired for. */
  readonly attempt: number;
  /** In milliseconds. */
  readonly heldMs: number;
}

/** How long a generation may take to be stored once it holds something, in milliseconds. */
const storedWithinMs = 30_000;

/**
 * Of those that hold something, the ones that need it no more: what they hold is released by whoever needs it next, so a
 * crash loses nothing. A generation that is continued holds something for its next attempt before that is stored.
 */
export const endedHolders = async <Held extends Holder>(
  generations: Pick<GenerationStore, 'findMany'>,
  ownerId: string,
  holders: readonly Held[],
): Promise<readonly Held[]> => {
  if (holders.length === 0) return [];
  const found = await generations.findMany(
    ownerId,
    holders.map(({ id }) => id),
  );
  return holders.filter(({ attempt, heldMs }, index) => {
    const generation = found[index];
    if (generation && !isFinal(generation.status)) return false;
    return (generation && generation.attempt >= attempt) || heldMs > storedWithinMs;
  });
};
