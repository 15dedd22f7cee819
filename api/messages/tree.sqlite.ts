import { integer, json, text } from '../sqlite/columns.ts';
import type { Database } from '../sqlite/database.ts';
import type { Message, NewMessage } from './message.ts';
import type { Lineage } from './path.ts';

type TreePosition = Pick<Message, 'branchId' | 'depth'>;

/** Where a new child of `parent` goes (null: a new root). Opens its branch where it needs one. */
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

export function lineageOf(database: Database, branchId: string): Lineage {
  const row = database.get('SELECT lineage FROM branches WHERE id = :branchId', { branchId });
  if (row === null) throw new Error(`branch ${branchId} is not there, though a message is in it`);
  return json<Lineage>(row, 'lineage');
}

/**
 * The id of the leaf that always taking the newest child leads to. It goes from fork to fork, not from message to
 * message: to the first fork below whose newest child is in another branch, and so on from there.
 */
export function newestLeaf(database: Database, start: TreePosition): string {
  let place = start;
  for (let fork = nextFork(database, place); fork !== null; fork = nextFork(database, place)) place = fork;
  const tip = database.get(
    'SELECT id FROM messages WHERE branch_id = :branchId ORDER BY depth DESC LIMIT 1',
    { branchId: place.branchId },
  );
  return text(tip ?? {}, 'id');
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
