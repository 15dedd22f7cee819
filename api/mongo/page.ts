import type { Collection, Document, Filter } from 'mongodb';
import type { Page, PageRequest } from '../pages.ts';

/** A list in the order of one text field that has no value twice. */
export interface KeyedList<Stored extends Document, Item> {
  readonly collection: Collection<Stored>;
  readonly where: Filter<Stored>;
  readonly key: string;
  readonly order: 'ascending' | 'descending';
  readonly read: (document: Stored) => Item;
}

/** A page of it: a range of an index where there is one over what `where` names and then the key. */
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
