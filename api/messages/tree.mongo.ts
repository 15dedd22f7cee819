import type { Collections } from '../mongo/collections.ts';
import type { BranchFields, MessageDocument } from './documents.mongo.ts';
import type { Message } from './message.ts';
import type { Lineage } from './path.ts';

type TreePosition = Pick<Message, 'branchId' | 'depth'>;

/** Forks read at once. Almost always the first few tell. */
const forkBatch = 100;

/** The branch that a further child of `parent` opens, or a root (null). Null where the parent is being deleted. */
export const newBranchUnder = async (
  collections: Collections,
  parent: Message | null,
): Promise<BranchFields | null> => {
  if (parent === null) return { lineage: [] };
  const { branchId, depth } = parent;
  const lineage = await lineageOf(collections, branchId);
  return (
    lineage && { lineage: [...lineage, [branchId, depth]], forkedBranchId: branchId, forkedDepth: depth }
  );
};

/** Null where its conversation is being deleted. */
export const lineageOf = async ({ messages }: Collections, branchId: string): Promise<Lineage | null> => {
  const first = await messages.findOne({ _id: branchId }, { projection: { lineage: 1 } });
  return first?.lineage ?? null;
};

/**
 * The id of the leaf that always taking the newest child leads to. It goes from fork to fork, not from message to
 * message: to the first fork below whose newest child is in another branch, and so on from there.
 */
export const newestLeaf = async (collections: Collections, start: TreePosition): Promise<string | null> => {
  let { branchId } = start;
  for (
    let fork = await nextFork(collections, start);
    fork !== null;
    fork = await nextFork(collections, fork)
  ) {
    ({ branchId } = fork);
  }
  const tip = await collections.messages
    .find({ branchId }, { projection: { _id: 1 } })
    .sort({ depth: -1 })
    .limit(1)
    .next();
  return tip?._id ?? null;
};

const positionProjection = { forkedDepth: 1, depth: 1, createdAt: 1 } as const;
type Candidate = Pick<MessageDocument, '_id' | 'depth' | 'createdAt' | 'forkedDepth'>;

const nextFork = async (
  { messages }: Collections,
  { branchId, depth }: TreePosition,
): Promise<TreePosition | null> => {
  const forks = messages
    .find<Candidate>(
      { forkedBranchId: branchId, forkedDepth: { $gte: depth } },
      { projection: positionProjection },
    )
    .sort({ forkedDepth: 1, createdAt: -1, _id: -1 })
    .batchSize(forkBatch);
  let lost: number | undefined;
  for await (const fork of forks) {
    // Of those that leave at one depth the newest comes first; only the branch's own message there may be newer still.
    if (fork.depth === lost) continue;
    const own = await messages.findOne<Candidate>(
      { branchId, depth: fork.depth },
      { projection: positionProjection },
    );
    if (own === null || isNewerThan(fork, own)) return { branchId: fork._id, depth: fork.depth };
    lost = fork.depth;
  }
  return null;
};

const isNewerThan = (one: Candidate, other: Candidate): boolean =>
  one.createdAt.getTime() === other.createdAt.getTime()
    ? one._id > other._id
    : one.createdAt > other.createdAt;
