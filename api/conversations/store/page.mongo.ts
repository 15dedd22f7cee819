import type { Filter } from 'mongodb';
import type { Collections } from '../../mongo/collections.ts';
import type { Page, PageRequest } from '../../paging/pages.ts';
import { termsFilter } from '../../search/terms.mongo.ts';
import type { Conversation, ConversationFilter, ConversationKey } from '../conversation.ts';
import { activityOf, type ConversationDocument, conversationOf, isTemporary } from './documents.mongo.ts';

/**
 * Maximum conversations that a search finds, those with the newest matches. Bounds the ids passed to the second query.
 */
const foundLimit = 10_000;

/** Maximum time of a search on the server, in milliseconds. */
const maxSearchMs = 5000;

type ListFilter = Filter<ConversationDocument>;

/** A part of the list: after one key and before another, with or without the keys themselves. */
interface Bounds {
  readonly after: ConversationKey | null;
  readonly before: ConversationKey | null;
  readonly inclusive: boolean;
}

/** Returns a page of an owner's list: ranges of an index, except for a search, which sorts its matches. */
export const conversationPage = async (
  collections: Collections,
  ownerId: string,
  { direction, size, after, before }: PageRequest<ConversationKey>,
  filter: ConversationFilter,
): Promise<Page<Conversation>> => {
  const listed = await listedBy(collections, ownerId, filter);
  if (listed === null) return { items: [], hasNextPage: false, hasPreviousPage: false };
  const forward = direction === 'forward';
  const order = forward ? -1 : 1;
  const { conversations } = collections;

  const hasAny = async (bounds: Bounds) => {
    const ranges = rangesOf(listed, bounds);
    return ranges !== null && (await conversations.findOne(ranges, { projection: { _id: 1 } })) !== null;
  };
  const ranges = rangesOf(listed, { after, before, inclusive: false });
  const [found, hasAfter, hasBefore] = await Promise.all([
    ranges === null
      ? []
      : conversations
          .find(ranges)
          .sort({ pinned: order, activity: order })
          .limit(size + 1)
          .toArray(),
    before !== null && hasAny({ after: before, before: null, inclusive: true }),
    after !== null && hasAny({ after: null, before: after, inclusive: true }),
  ]);
  const more = found.length > size;
  const items = found.slice(0, size).map((document) => conversationOf(document, ownerId));
  return {
    items: forward ? items : items.reverse(),
    hasNextPage: (forward && more) || hasAfter,
    hasPreviousPage: (!forward && more) || hasBefore,
  };
};

/** Returns the query of a filter, or null if nothing can match. */
const listedBy = async (
  collections: Collections,
  ownerId: string,
  { archived, tag, folderId, search, temporary = false }: ConversationFilter,
): Promise<ListFilter | null> => {
  const listed: ListFilter = {
    ownerId,
    archived,
    ...(tag !== null && { tags: tag }),
    // Null matches an absent field too.
    ...(folderId !== undefined && { folderId }),
    expiresAt: temporary ? isTemporary : null,
  };
  if (search === null || search.trim() === '') return listed;
  const ids = await searched(collections, ownerId, search);
  return ids.length === 0 ? null : { ...listed, _id: { $in: ids } };
};

/** Returns the ids of conversations whose title, or one of whose messages, has all search terms. */
const searched = async (
  { conversations, messages }: Collections,
  ownerId: string,
  search: string,
): Promise<string[]> => {
  const terms = termsFilter(search);
  if (terms === null) return [];
  const matching = { $match: { ownerId, ...terms } };
  const limited = { $limit: foundLimit };
  const options = { maxTimeMS: maxSearchMs };
  const [titles, texts] = await Promise.all([
    conversations
      .aggregate<{ _id: string }>(
        [matching, { $sort: { activity: -1 } }, limited, { $project: { _id: 1 } }],
        options,
      )
      .toArray(),
    messages
      .aggregate<{ _id: string }>(
        [
          matching,
          { $group: { _id: '$conversationId', newest: { $max: '$createdAt' } } },
          { $sort: { newest: -1, _id: -1 } },
          limited,
        ],
        options,
      )
      .toArray(),
  ]);
  return [...new Set([...titles, ...texts].map(({ _id }) => _id))];
};

/**
 * Returns the query of the list within bounds: one index range for the pinned and one for the others. A range outside
 * the bounds is omitted; null if both are. The list is descending, so entries after a key are smaller.
 */
const rangesOf = (listed: ListFilter, { after, before, inclusive }: Bounds): ListFilter | null => {
  const [below, above] = inclusive ? (['$lte', '$gte'] as const) : (['$lt', '$gt'] as const);
  const ranges: ListFilter[] = [];
  for (const pinned of [true, false]) {
    const isOutside = (pinned && after?.pinned === false) || (!pinned && before?.pinned === true);
    if (isOutside) continue;
    const activity = {
      ...(after?.pinned === pinned && { [below]: activityOf(after) }),
      ...(before?.pinned === pinned && { [above]: activityOf(before) }),
    };
    ranges.push({ ...listed, pinned, ...(Object.keys(activity).length > 0 && { activity }) });
  }
  const [first, ...rest] = ranges;
  if (first === undefined) return null;
  return rest.length === 0 ? first : { $or: ranges };
};
