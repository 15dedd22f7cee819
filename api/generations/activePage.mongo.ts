import type { Document, Filter } from 'mongodb';
import type { Collections } from '../mongo/collections.ts';
import type { Page, PageRequest } from '../pages.ts';
import { type ActiveGenerationDocument, activeFields, type GenerationDocument } from './documents.mongo.ts';
import type { ActiveGeneration, ActivityKey } from './generation.ts';

export const unfinished = { status: { $in: ['QUEUED', 'RUNNING'] } } satisfies Filter<GenerationDocument>;

/** A page of all users' generations that are not final: a range of the index by status and moment. */
export const activePage = async (
  { generations }: Collections,
  { direction, size, after, before }: PageRequest<ActivityKey>,
): Promise<Page<ActiveGeneration>> => {
  const forward = direction === 'forward';
  const order = forward ? 1 : -1;
  const hasAny = async (bound: ActivityKey | null, side: Side) =>
    bound !== null &&
    (await generations.findOne(within([beyond(bound, side, true)]), { projection: { _id: 1 } })) !== null;

  const bounds = [...(after ? [beyond(after, 'later')] : []), ...(before ? [beyond(before, 'earlier')] : [])];
  const [found, hasLater, hasEarlier] = await Promise.all([
    generations
      .find<ActiveGenerationDocument>(within(bounds), { projection: activeFields })
      .sort({ createdAt: order, _id: order })
      .limit(size + 1)
      .toArray(),
    hasAny(before, 'later'),
    hasAny(after, 'earlier'),
  ]);
  const more = found.length > size;
  const items = found.slice(0, size).map(({ _id: id, ...rest }) => ({ id, ...rest }));
  return {
    items: forward ? items : items.reverse(),
    hasNextPage: (forward && more) || hasLater,
    hasPreviousPage: (!forward && more) || hasEarlier,
  };
};

type Side = 'later' | 'earlier';

/**
 * What is on one side of a key, the key itself included or not. The moment is a range of the index; the few of the same
 * millisecond are told by their ids.
 */
const beyond = ({ createdAt, id }: ActivityKey, side: Side, inclusive = false): Document => {
  const by = side === 'later' ? '$gt' : '$lt';
  return {
    createdAt: { [`${by}e`]: createdAt },
    $or: [{ createdAt: { [by]: createdAt } }, { _id: { [inclusive ? `${by}e` : by]: id } }],
  };
};

const within = (bounds: readonly Document[]): Filter<GenerationDocument> =>
  bounds.length === 0 ? unfinished : { ...unfinished, $and: [...bounds] };
