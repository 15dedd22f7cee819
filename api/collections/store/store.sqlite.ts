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
import { createDocumentDeletion, type HiddenDocument, hideDocuments } from './deletion.sqlite.ts';
import type { CollectionStore } from './store.ts';

/** SQL for whether `:readerId` may see a collection. */
const visible = '(owner_id = :readerId OR is_shared = 1)';

export const sqliteCollectionStore = (database: Database): CollectionStore => {
  const exists = (ownerId: string, id: string): boolean =>
    database.get('SELECT 1 FROM collections WHERE id = :id AND owner_id = :ownerId', { id, ownerId }) !==
    null;

  const deleteDocuments = createDocumentDeletion(database);

  const isHeld = (ownerId: string): boolean =>
    database.get('SELECT 1 FROM holds WHERE owner_id = :ownerId AND conversation_id IS NULL', { ownerId }) !==
    null;

  /** Deletes the row, which a trigger removes from choices and from documents that a conversation has. */
  const remove = async (
    ownerId: string,
    id: string,
    isForced: boolean,
  ): Promise<readonly string[] | 'HELD' | null> => {
    const hidden = database.transaction((): readonly HiddenDocument[] | 'HELD' | null => {
      if (!exists(ownerId, id)) return null;
      if (!isForced && isHeld(ownerId)) return 'HELD';
      const documents = hideDocuments(database, ownerId, id);
      database.run('DELETE FROM collections WHERE id = :id', { id });
      return documents;
    });
    if (hidden === null || hidden === 'HELD') return hidden;
    await deleteDocuments(ownerId, hidden);
    return keysOf(hidden);
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
      const hidden = database.transaction((): readonly HiddenDocument[] | 'HELD' => {
        if (isHeld(ownerId)) return 'HELD';
        const condition = 'AND owner_id = :ownerId AND id IN (SELECT value FROM json_each(:ids))';
        const params = { ownerId, ids: JSON.stringify(attachmentIds) };
        const documents = hideDocuments(database, ownerId, id, condition, params);
        const where = `WHERE collection_id = :id ${condition}`;
        database.run(`UPDATE attachments SET collection_id = NULL ${where}`, { id, ...params });
        return documents;
      });
      if (hidden === 'HELD') return hidden;
      await deleteDocuments(ownerId, hidden);
      return keysOf(hidden);
    },
    delete: (ownerId, id) => remove(ownerId, id, false),
    async deleteOfOwner(ownerId) {
      const rows = database.all('SELECT id FROM collections WHERE owner_id = :ownerId', { ownerId });
      for (const row of rows) await remove(ownerId, text(row, 'id'), true);
    },
  };
};

const keysOf = (documents: readonly HiddenDocument[]) => documents.map(({ fileKey }) => fileKey);

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
