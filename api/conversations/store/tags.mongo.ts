import type { Collections } from '../../mongo/collections.ts';
import type { TagUse } from '../conversation.ts';

/** Maximum time of counting on the server, in ms. */
const maxCountMs = 5000;

/** Returns an owner's tags, those of most conversations first. A tag that a conversation has twice counts once. */
export const tagsOf = async (
  { conversations }: Collections,
  ownerId: string,
  limit: number,
): Promise<readonly TagUse[]> => {
  const counted = await conversations
    .aggregate<{ readonly _id: string; readonly conversations: number }>(
      [
        { $match: { ownerId, tags: { $gte: '' }, expiresAt: null } },
        { $project: { tags: { $setUnion: ['$tags', []] } } },
        { $unwind: '$tags' },
        { $group: { _id: '$tags', conversations: { $sum: 1 } } },
        { $sort: { conversations: -1, _id: 1 } },
        { $limit: limit },
      ],
      { maxTimeMS: maxCountMs },
    )
    .toArray();
  return counted.map(({ _id, conversations: count }) => ({ name: _id, conversations: count }));
};
