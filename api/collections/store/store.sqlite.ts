import {
  type Columns,
  date,
  defined,
  encodeDate,
  encodeFlag,
  flag,
  integer,
  type Row,
  text,
  textOrNull,
} from '../../sqlite/columns.ts';
import { assignments, type Database } from '../../sqlite/database.ts';
import { timedPage } from '../../sqlite/page.ts';
import type { CollectionSummary, DocumentCollection } from '../collection.ts';
import type { CollectionStore } from './store.ts';

/** SQL for whether `:readerId` may see a collection. */
const visible = '(owner_id = :readerId OR is_shared = 1)';

/** Triggers delete the documents of a deleted collection, and its id in choices. */
export const sqliteCollectionStore = (database: Database): CollectionStore => {
  const exists = (ownerId: string, id: string): boolean =>
    database.get('SELECT 1 FROM collections WHERE id = :id AND owner_id = :ownerId', { id, ownerId }) !==
    null;

  /** Returns the file keys of those of a collection's documents that no conversation has. */
  const unheldKeys = (id: string, condition = '', params: Columns = {}): readonly string[] => {
    const sql = `SELECT file_key FROM attachments WHERE collection_id = :id AND conversation_id IS NULL ${condition}`;
    return database.all(sql, { id, ...params }).map((row) => text(row, 'file_key'));
  };

  return {
    async insert(collection, limit) {
      return database.transaction(() => {
        const { ownerId } = collection;
        const sql = 'SELECT count(*) AS collections FROM collections WHERE owner_id = :ownerId';
        if (integer(database.get(sql, { ownerId }) ?? {}, 'collections') >= limit) return false;
        return database.insert('collections', columnsOf(collection)) > 0;
      });
    },
    async findMany(readerId, ids) {
      const sql = `SELECT * FROM collections WHERE id IN (SELECT value FROM json_each(:ids)) AND ${visible}`;
      const rows = database.all(sql, { readerId, ids: JSON.stringify(ids) });
      const byId = new Map(rows.map((row) => [text(row, 'id'), collectionOf(row)]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    async page(readerId, page) {
      const list = { table: 'collections', where: visible, params: { readerId }, read: collectionOf };
      return timedPage(database, { ...list, order: 'descending' }, page);
    },
    async ofOwner(ownerId) {
      const sql = 'SELECT * FROM collections WHERE owner_id = :ownerId ORDER BY created_at, id';
      return database.all(sql, { ownerId }).map(collectionOf);
    },
    async summaries(readerId, ids) {
      const sql = `SELECT c.id, count(a.id) AS documents, count(a.id) - count(a.passages) AS unsplit,
          coalesce(sum(a.passages), 0) AS passages, coalesce(sum(a.embedded), 0) AS embedded
        FROM collections c LEFT JOIN attachments a ON a.collection_id = c.id
        WHERE c.id IN (SELECT value FROM json_each(:ids)) AND (c.owner_id = :readerId OR c.is_shared = 1)
        GROUP BY c.id`;
      const rows = database.all(sql, { readerId, ids: JSON.stringify(ids) });
      const byId = new Map(rows.map((row) => [text(row, 'id'), summaryOf(row)]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    async update(ownerId, id, patch) {
      const columns = columnsOf(patch);
      const where = 'WHERE id = :id AND owner_id = :ownerId';
      const sql =
        Object.keys(columns).length === 0
          ? `SELECT * FROM collections ${where}`
          : `UPDATE collections SET ${assignments(columns)} ${where} RETURNING *`;
      const row = database.get(sql, { ...columns, id, ownerId });
      return row && collectionOf(row);
    },
    async addDocuments(ownerId, id, attachmentIds, limit) {
      return database.transaction(() => {
        if (!exists(ownerId, id)) return 'ABSENT';
        const free = `id IN (SELECT value FROM json_each(:ids)) AND owner_id = :ownerId AND collection_id IS NULL`;
        const params = { ids: JSON.stringify(attachmentIds), ownerId };
        const added = database.get(`SELECT count(*) AS count FROM attachments WHERE ${free}`, params);
        const present = database.get('SELECT count(*) AS count FROM attachments WHERE collection_id = :id', {
          id,
        });
        if (integer(added ?? {}, 'count') + integer(present ?? {}, 'count') > limit) return 'FULL';
        database.run(`UPDATE attachments SET collection_id = :id WHERE ${free}`, { ...params, id });
        return 'ADDED';
      });
    },
    async removeDocuments(ownerId, id, attachmentIds) {
      return database.transaction(() => {
        const condition = 'AND owner_id = :ownerId AND id IN (SELECT value FROM json_each(:ids))';
        const params = { ownerId, ids: JSON.stringify(attachmentIds) };
        const keys = unheldKeys(id, condition, params);
        const where = `WHERE collection_id = :id ${condition}`;
        database.run(`DELETE FROM attachments ${where} AND conversation_id IS NULL`, { id, ...params });
        database.run(`UPDATE attachments SET collection_id = NULL ${where}`, { id, ...params });
        return keys;
      });
    },
    async delete(ownerId, id) {
      return database.transaction(() => {
        if (!exists(ownerId, id)) return null;
        const keys = unheldKeys(id);
        database.run('DELETE FROM collections WHERE id = :id', { id });
        return keys;
      });
    },
    async deleteOfOwner(ownerId) {
      database.run('DELETE FROM collections WHERE owner_id = :ownerId', { ownerId });
    },
  };
};

const columnsOf = (collection: Partial<DocumentCollection>): Columns =>
  defined({
    id: collection.id,
    owner_id: collection.ownerId,
    name: collection.name,
    description: collection.description,
    is_shared: encodeFlag(collection.isShared),
    created_at: encodeDate(collection.createdAt),
  });

const collectionOf = (row: Row): DocumentCollection => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  name: text(row, 'name'),
  description: textOrNull(row, 'description'),
  isShared: flag(row, 'is_shared'),
  createdAt: date(row, 'created_at'),
});

const summaryOf = (row: Row): CollectionSummary => ({
  documents: integer(row, 'documents'),
  unsplit: integer(row, 'unsplit'),
  passages: integer(row, 'passages'),
  embedded: integer(row, 'embedded'),
});
