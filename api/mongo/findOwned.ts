import type { Collection, Document, Filter } from 'mongodb';
import { requireAll } from '../paging/pageSize.ts';
import { readWithin } from './readWithin.ts';

/**
 * Returns the owner's documents with these ids, in the order of `ids`, null for absent ones. Throws `TOO_COMPLEX` if they are
 * too large together.
 */
export const findOwned = async <Stored extends { readonly _id: string }, Row>(
  collection: Collection<Stored>,
  ownerId: string,
  ids: readonly string[],
  read: (document: Stored) => Row,
  projection: Document = {},
): Promise<(Row | null)[]> => {
  if (ids.length === 0) return [];
  const filter = { _id: { $in: [...new Set(ids)] }, ownerId } as unknown as Filter<Stored>;
  const found = requireAll(await readWithin(collection.find<Stored>(filter, { projection })));
  const byId = new Map(found.map((document) => [document._id, read(document)]));
  return ids.map((id) => byId.get(id) ?? null);
};
