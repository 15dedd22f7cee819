import type { Batch } from '../batch.ts';

export type OrderedBatch = Pick<Batch, 'id' | 'ownerId' | 'servedAt' | 'createdAt'>;

/**
 * Sorts running batches by who is served next: the owner whose batches were served least recently, however many they are;
 * of one owner, the oldest batch.
 */
export const inFairOrder = <Row extends OrderedBatch>(batches: readonly Row[]): readonly Row[] => {
  const servedAt = new Map<string, number>();
  for (const { ownerId, servedAt: at } of batches) {
    servedAt.set(ownerId, Math.max(at.getTime(), servedAt.get(ownerId) ?? 0));
  }
  const servedOf = ({ ownerId }: Row) => servedAt.get(ownerId) ?? 0;
  return batches.toSorted(
    (one, other) =>
      servedOf(one) - servedOf(other) ||
      (one.ownerId < other.ownerId ? -1 : one.ownerId > other.ownerId ? 1 : 0) ||
      one.createdAt.getTime() - other.createdAt.getTime() ||
      (one.id < other.id ? -1 : 1),
  );
};
