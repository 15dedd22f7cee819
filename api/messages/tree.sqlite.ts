import { integer, json, text } from '../sqlite/columns.ts';
import type { Database } from '../sqlite/database.ts';
import type { Message, NewMessage } from './message.ts';
import type { Lineage } from './path.ts';

type TreePosition = Pick<Message, 'branchId' | 'depth'>;

/** Returns the position of a new child of `parent` (null: a new root). Creates a branch if it needs one. */
export function positionUnder(database: Database, parent: Message | null, message: NewMessage): TreePosition {
  const depth = parent === null ? 0 : parent.depth + 1;
  if (parent !== null && !isTaken(database, parent.branchId, depth)) {
    return { branchId: parent.branchId, depth };
  }
  const lineage: Lineage =
    parent === null ? [] : [...lineageOf(database, parent.branchId), [parent.branchId, parent.depth]];
  database.insert('branches', {
    id: message.id,
    conversation_id: message.conversationId,
    parent_branch_id: parent?.branchId ?? null,
    parent_depth: parent?.depth ?? null,
    created_at: message.createdAt.getTime(),
    lineage: JSON.stringify(lineage),
  });
  return { branchId: message.id, depth };
}

const isTaken = (database: Database, branchId: string, depth: number) =>
  database.get('SELECT 1 FROM messages WHERE branch_id = :branchId AND depth = :depth', {
    branchId,
    depth,
  }) !== null;

/** Returns the path from the root to the start of a branch. */
export function lineageOf(database: Database, branchId: string): Lineage {
  const row = database.get('SELECT lineage FROM branches WHERE id = :branchId', { branchId });
  if (row === null) throw new Error(`branch ${branchId} is missing, though a message is in it`);
  return json<Lineage>(row, 'lineage');
}

/**
 * Returns the id of the leaf that is reached by following the newest child. Jumps from fork to fork instead of from
 * message to message: to the next fork whose newest child is in another branch, and so on.
 */
export function newestLeaf(database: Database, start: TreePosition): string {
  let position = start;
  for (let fork = nextFork(database, position); fork !== null; ) {
    position = fork;
    fork = nextFork(database, position);
  }
  const leaf = database.get(
    'SELECT id FROM messages WHERE branch_id = :branchId ORDER BY depth DESC LIMIT 1',
    { branchId: position.branchId },
  );
  return text(leaf ?? {}, 'id');
}

function nextFork(database: Database, { branchId, depth }: TreePosition): TreePosition | null {
  const row = database.get(
    `SELECT id, parent_depth FROM branches b
    WHERE parent_branch_id = :branchId AND parent_depth >= :depth
      AND NOT EXISTS (
        SELECT 1 FROM messages m WHERE m.branch_id = :branchId AND m.depth = b.parent_depth + 1
          AND (m.created_at, m.id) > (b.created_at, b.id)
      )
    ORDER BY parent_depth, created_at DESC, id DESC LIMIT 1`,
    { branchId, depth },
  );
  return row && { branchId: text(row, 'id'), depth: integer(row, 'parent_depth') + 1 };
}
