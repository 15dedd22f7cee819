import { createFairScheduler } from '../../process/fairScheduler.ts';
import { type Columns, integer, text } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';

/** The owner of documents that are being deleted: no user. */
const hiddenOwner = '(being deleted)';

export interface HiddenDocument {
  readonly id: string;
  readonly fileKey: string;
}

/**
 * Hides those of a collection's documents from everyone that no conversation has, and that the SQL condition selects. Call it
 * in a transaction. Afterwards `createDocumentDeletion` deletes them.
 */
export const hideDocuments = (
  database: Database,
  ownerId: string,
  id: string,
  condition = '',
  params: Columns = {},
): readonly HiddenDocument[] => {
  const where = `WHERE collection_id = :id AND conversation_id IS NULL ${condition}`;
  const sql = `SELECT id, file_key, stored_bytes FROM attachments ${where}`;
  const found = database.all(sql, { id, ...params });
  if (found.length === 0) return [];
  database.run(
    `UPDATE attachments SET owner_id = :hiddenOwner, collection_id = NULL, index_at = NULL ${where}`,
    { id, ...params, hiddenOwner },
  );
  // Triggers count no change of the owner.
  const bytes = found.reduce((sum, row) => sum + integer(row, 'stored_bytes'), 0);
  database.run('UPDATE storage SET bytes = bytes - :bytes WHERE id = :ownerId', { ownerId, bytes });
  database.run('DELETE FROM storage WHERE id = :ownerId AND bytes <= 0', { ownerId });
  return found.map((row) => ({ id: text(row, 'id'), fileKey: text(row, 'file_key') }));
};

const deleteDocument = (database: Database, id: string): void => {
  database.run('DELETE FROM attachments WHERE id = :id AND owner_id = :hiddenOwner', { id, hiddenOwner });
};

/**
 * Returns a function that deletes hidden documents: each one, which takes time for its passages, in an iteration of the event
 * loop of its own.
 */
export const createDocumentDeletion = (database: Database) => {
  const deletions = createFairScheduler();
  return async (ownerId: string, hidden: readonly HiddenDocument[]): Promise<void> => {
    for (const { id } of hidden) {
      const endTurn = await deletions.acquire(ownerId);
      try {
        deleteDocument(database, id);
      } finally {
        endTurn();
      }
    }
  };
};

/** Completes deletions of documents that a crash interrupted. Returns their number. */
export const finishDocumentDeletions = (database: Database): number => {
  const sql = 'SELECT id FROM attachments WHERE owner_id = :hiddenOwner';
  const left = database.all(sql, { hiddenOwner }).map((row) => text(row, 'id'));
  let finished = 0;
  try {
    for (const id of left) {
      deleteDocument(database, id);
      finished += 1;
    }
  } catch {
    // The server starts with a full disk too. The next start deletes the rest.
  }
  return finished;
};
