import {
  type Columns,
  date,
  defined,
  encodeDate,
  encodeJson,
  integer,
  json,
  type Row,
  text,
  textOrNull,
} from '../../sqlite/columns.ts';
import { assignments, type Database } from '../../sqlite/database.ts';
import { findOwned } from '../../sqlite/findOwned.ts';
import { timedPage } from '../../sqlite/page.ts';
import type { Folder } from '../folder.ts';
import type { FolderStore } from './store.ts';

export const sqliteFolderStore = (database: Database): FolderStore => {
  const findMany = (ownerId: string, ids: readonly string[]) =>
    findOwned(database, 'folders', ownerId, ids, folderOf);
  const find = (ownerId: string, id: string) => findMany(ownerId, [id])[0] ?? null;
  return {
    async insert(folder, limit) {
      return database.transaction(() => {
        const { ownerId, id } = folder;
        if (find(ownerId, id)) return true;
        const row = database.get('SELECT count(*) AS folders FROM folders WHERE owner_id = :ownerId', {
          ownerId,
        });
        if (row === null || integer(row, 'folders') >= limit) return false;
        return database.insert('folders', columnsOf(folder)) > 0;
      });
    },
    async find(ownerId, id) {
      return find(ownerId, id);
    },
    async findMany(ownerId, ids) {
      return findMany(ownerId, ids);
    },
    async findByName(ownerId, name) {
      const sql =
        'SELECT * FROM folders WHERE owner_id = :ownerId AND name = :name ORDER BY created_at, id LIMIT 1';
      const row = database.get(sql, { ownerId, name });
      return row && folderOf(row);
    },
    async page(ownerId, page) {
      const list = {
        table: 'folders',
        where: 'owner_id = :ownerId',
        params: { ownerId },
        order: 'descending',
        read: folderOf,
      } as const;
      return timedPage(database, list, page);
    },
    async update(ownerId, id, patch) {
      const columns = columnsOf(patch);
      if (Object.keys(columns).length === 0) return find(ownerId, id);
      const row = database.get(
        `UPDATE folders SET ${assignments(columns)} WHERE id = :id AND owner_id = :ownerId RETURNING *`,
        { ...columns, id, ownerId },
      );
      return row && folderOf(row);
    },
    async delete(ownerId, id) {
      return database.run('DELETE FROM folders WHERE id = :id AND owner_id = :ownerId', { id, ownerId }) > 0;
    },
    async deleteOfOwner(ownerId) {
      database.run('DELETE FROM folders WHERE owner_id = :ownerId', { ownerId });
    },
  };
};

const columnsOf = (folder: Partial<Folder>): Columns =>
  defined({
    id: folder.id,
    owner_id: folder.ownerId,
    name: folder.name,
    system_prompt: folder.systemPrompt,
    collection_ids: encodeJson(folder.collectionIds),
    created_at: encodeDate(folder.createdAt),
  });

const folderOf = (row: Row): Folder => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  name: text(row, 'name'),
  systemPrompt: textOrNull(row, 'system_prompt'),
  collectionIds: json<readonly string[]>(row, 'collection_ids'),
  createdAt: date(row, 'created_at'),
});
