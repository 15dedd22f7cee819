import { requireAll } from '../paging/pageSize.ts';
import type { Columns, Row } from './columns.ts';
import { text } from './columns.ts';
import type { Database } from './database.ts';

/**
 * Returns the owner's rows with these ids, in the order of `ids`, null for absent ones. Throws `TOO_COMPLEX` if they are too
 * large together. `columns` is SQL and must not come from a request.
 */
export function findOwned<T>(
  database: Database,
  table: 'conversations' | 'messages' | 'generations' | 'attachments' | 'folders' | 'answer_defaults',
  ownerId: string,
  ids: readonly string[],
  read: (row: Row) => T,
  columns = '*',
): (T | null)[] {
  const params: Columns = { ownerId, ids: JSON.stringify(ids) };
  const within = database.allWithin(
    `SELECT ${columns} FROM ${table} WHERE owner_id = :ownerId AND id IN (SELECT value FROM json_each(:ids))`,
    params,
  );
  const byId = new Map(requireAll(within).map((row) => [text(row, 'id'), read(row)]));
  return ids.map((id) => byId.get(id) ?? null);
}
