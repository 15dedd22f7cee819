import type { Collection, Document, Filter } from 'mongodb';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import { readWithin } from './readWithin.ts';

/** A list ordered by one unique string field. */
export interface KeyedList<Stored extends Document, Item> {
  readonly collection: Collection<Stored>;
  readonly where: Filter<Stored>;
  readonly key: string;
  readonly order: 'ascending' | 'descending';
  readonly read: (document: Stored) => Item;
}

/** Returns a page of the list. It is a range read if an index covers the fields of `where`, then the key. */
export const keyedPage = async <Stored extends Document, Item>(
  { collection, where, key, order, read }: KeyedList<Stored, Item>,
  { direction, size, after, before }: PageRequest<string>,
): Promise<Page<Item>> => {
  const forward = direction === 'forward';
  const ascends = order === 'ascending';
  const [later, earlier] = ascends ? (['$gt', '$lt'] as const) : (['$lt', '$gt'] as const);
  const within = (range: Document): Filter<Stored> =>
    Object.keys(range).length === 0 ? where : ({ ...where, [key]: range } as Filter<Stored>);
  const hasAny = async (comparison: '$gte' | '$lte', bound: string | null) =>
    bound !== null &&
    (await collection.findOne(within({ [comparison]: bound }), { projection: { _id: 1 } })) !== null;

  const range = { ...(after !== null && { [later]: after }), ...(before !== null && { [earlier]: before }) };
  const [found, hasLater, hasEarlier] = await Promise.all([
    collection
      .find<Stored>(within(range))
      .sort({ [key]: ascends === forward ? 1 : -1 })
      .limit(size + 1)
      .toArray(),
    hasAny(`${later}e`, before),
    hasAny(`${earlier}e`, after),
  ]);
  const more = found.length > size;
  const items = found.slice(0, size).map(read);
  return {
    items: forward ? items : items.reverse(),
    hasNextPage: (forward && more) || hasLater,
    hasPreviousPage: (!forward && more) || hasEarlier,
  };
};

/** A list ordered by `createdAt`, then `_id`. */
export interface TimedList<Stored extends Document, Item> extends Omit<KeyedList<Stored, Item>, 'key'> {
  /** Absent: all fields. */
  readonly projection?: Document;
  /** Maximum time of each query on the server, in ms. Absent: the connection's. */
  readonly maxTimeMs?: number;
}

/**
 * Returns a page of the list, with fewer items if they are too large together (`maxPageLength`). It is a range read if an index
 * covers the fields of `where`, `createdAt` and `_id`.
 */
export const timedPage = async <Stored extends Document, Item>(
  { collection, where, order, read, projection = {}, maxTimeMs }: TimedList<Stored, Item>,
  { direction, size, after, before }: PageRequest<TimeKey>,
): Promise<Page<Item>> => {
  const forward = direction === 'forward';
  const ascends = order === 'ascending';
  const [later, earlier] = ascends ? (['$gt', '$lt'] as const) : (['$lt', '$gt'] as const);
  const within = (bounds: readonly Document[]): Filter<Stored> =>
    bounds.length === 0 ? where : ({ ...where, $and: [...(where.$and ?? []), ...bounds] } as Filter<Stored>);
  const limit = maxTimeMs === undefined ? {} : { maxTimeMS: maxTimeMs };
  const hasAny = async (bound: TimeKey | null, side: Side) =>
    bound !== null &&
    (await collection.findOne(within([beyond(bound, side, true)]), { projection: { _id: 1 }, ...limit })) !==
      null;

  const bounds = [...(after ? [beyond(after, later)] : []), ...(before ? [beyond(before, earlier)] : [])];
  const sort = ascends === forward ? 1 : -1;
  const [found, hasLater, hasEarlier] = await Promise.all([
    readWithin(
      collection
        .find<Stored>(within(bounds), { projection, ...limit })
        .sort({ createdAt: sort, _id: sort })
        .limit(size + 1),
    ),
    hasAny(before, later),
    hasAny(after, earlier),
  ]);
  const more = found.isCut || found.rows.length > size;
  const items = found.rows.slice(0, size).map(read);
  return {
    items: forward ? items : items.reverse(),
    hasNextPage: (forward && more) || hasLater,
    hasPreviousPage: (!forward && more) || hasEarlier,
  };
};

type Side = '$gt' | '$lt';

/**
 * Returns the filter for one side of a key, with or without the key itself. The time is a range of the index; the few
 * documents of the same millisecond are compared by id.
 */
const beyond = ({ createdAt, id }: TimeKey, side: Side, inclusive = false): Document => ({
  createdAt: { [`${side}e`]: createdAt },
  $or: [{ createdAt: { [side]: createdAt } }, { _id: { [inclusive ? `${side}e` : side]: id } }],
});
