import type { Collection, Document, Filter } from 'mongodb';

/** Returns the owner's documents with these ids, in the order of `ids`, null for absent ones. */
export const findOwned = async <Stored extends { readonly _id: string }, Row>(
  collection: Collection<Stored>,
  ownerId: string,
  ids: readonly string[],
  read: (document: Stored) => Row,
  projection: Document = {},
): Promise<(Row | null)[]> => {
  if (ids.length === 0) return [];
  const filter = { _id: { $in: [...new Set(ids)] }, ownerId } as unknown as Filter<Stored>;
  const found = await collection.find<Stored>(filter, { projection }).toArray();
  const byId = new Map(found.map((document) => [document._id, read(document)]));
  return ids.map((id) => byId.get(id) ?? null);
};
