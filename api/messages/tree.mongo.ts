import type { Collections } from '../mongo/collections.ts';
import type { BranchFields, MessageDocument } from './documents.mongo.ts';
import type { Message } from './message.ts';
import type { Lineage } from './path.ts';

type TreePosition = Pick<Message, 'branchId' | 'depth'>;

/** Forks per read. Almost always the first few are enough. */
const forkBatch = 100;

/**
 * Returns the branch that a further child of `parent` starts, or a root (null). Null if the parent is being deleted.
 */
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

/** Returns the path from the root to the start of a branch. Null if its conversation is being deleted. */
export const lineageOf = async ({ messages }: Collections, branchId: string): Promise<Lineage | null> => {
  const first = await messages.findOne({ _id: branchId }, { projection: { lineage: 1 } });
  return first?.lineage ?? null;
};

/**
 * Returns the id of the leaf that is reached by following the newest child. Jumps from fork to fork instead of from
 * message to message: to the next fork whose newest child is in another branch, and so on.
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
  const leaf = await collections.messages
    .find({ branchId }, { projection: { _id: 1 } })
    .sort({ depth: -1 })
    .limit(1)
    .next();
  return leaf?._id ?? null;
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
  let rejectedDepth: number | undefined;
  for await (const fork of forks) {
    // Forks at one depth are sorted newest first. Only the branch's own message at that depth may be newer.
    if (fork.depth === rejectedDepth) continue;
    const own = await messages.findOne<Candidate>(
      { branchId, depth: fork.depth },
      { projection: positionProjection },
    );
    if (own === null || isNewerThan(fork, own)) return { branchId: fork._id, depth: fork.depth };
    rejectedDepth = fork.depth;
  }
  return null;
};

const isNewerThan = (one: Candidate, other: Candidate): boolean =>
  one.createdAt.getTime() === other.createdAt.getTime()
    ? one._id > other._id
    : one.createdAt > other.createdAt;
