import { integer, text } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import { storedBytesOfOwner } from '../../sqlite/migrations/0013-storage.ts';
import { presetBytesOfOwner } from '../../sqlite/migrations/0020-preset-storage.ts';
import { folderBytesOfOwner } from '../../sqlite/migrations/0022-folders.ts';
import { answerDefaultsBytesOfOwner } from '../../sqlite/migrations/0023-answer-defaults.ts';
import { collectionBytesOfOwner } from '../../sqlite/migrations/0032-collections.ts';
import { toolUseBytesOfOwner } from '../../sqlite/migrations/0033-tool-use.ts';
import { batchBytesOfOwner } from '../../sqlite/migrations/0034-batches.ts';
import type { StorageStore } from './storage.ts';

const attachmentBytes = 'SELECT coalesce(sum(stored_bytes), 0) FROM attachments WHERE owner_id = :ownerId';

/** Triggers count each write in its transaction, so a crash can't cause a wrong count. `recount` is for manual edits. */
export const sqliteStorageStore = (database: Database): StorageStore => {
  /** Bytes reserved for pending writes of this process, the only one. */
  const reserved = new Map<string, number>();

  const used = (ownerId: string): number => {
    const row = database.get('SELECT bytes FROM storage WHERE id = :ownerId', { ownerId });
    return row === null ? 0 : integer(row, 'bytes');
  };
  const changeReserved = (ownerId: string, bytes: number) => {
    const sum = (reserved.get(ownerId) ?? 0) + bytes;
    if (sum > 0) reserved.set(ownerId, sum);
    else reserved.delete(ownerId);
  };

  return {
    async reserve(ownerId, bytes, limit) {
      if (used(ownerId) + (reserved.get(ownerId) ?? 0) + bytes > limit) return null;
      changeReserved(ownerId, bytes);
      let isSettled = false;
      return {
        async settle() {
          if (!isSettled) changeReserved(ownerId, -bytes);
          isSettled = true;
        },
      };
    },
    async usedBy(ownerIds) {
      const sql = 'SELECT id, bytes FROM storage WHERE id IN (SELECT value FROM json_each(:ids))';
      const rows = database.all(sql, { ids: JSON.stringify(ownerIds) });
      const byId = new Map(rows.map((row) => [text(row, 'id'), integer(row, 'bytes')]));
      return ownerIds.map((id) => byId.get(id) ?? 0);
    },
    async largest(max) {
      const sql =
        'SELECT id, bytes, sum(bytes) OVER () AS total FROM storage ORDER BY bytes DESC, id LIMIT :max';
      const rows = database.all(sql, { max });
      return {
        largest: rows.map((row) => ({ ownerId: text(row, 'id'), amount: integer(row, 'bytes') })),
        total: rows[0] ? integer(rows[0], 'total') : 0,
      };
    },
    async deleteOfOwner(ownerId) {
      database.run('DELETE FROM storage WHERE id = :ownerId', { ownerId });
      reserved.delete(ownerId);
    },
    async recount(ownerId) {
      return database.transaction(() => {
        const parts = [
          storedBytesOfOwner(':ownerId'),
          `(${attachmentBytes})`,
          presetBytesOfOwner(':ownerId'),
          folderBytesOfOwner(':ownerId'),
          answerDefaultsBytesOfOwner(':ownerId'),
          collectionBytesOfOwner(':ownerId'),
          toolUseBytesOfOwner(':ownerId'),
          batchBytesOfOwner(':ownerId'),
        ];
        const row = database.get(`SELECT ${parts.join(' + ')} AS bytes`, { ownerId });
        const bytes = integer(row ?? {}, 'bytes');
        database.run(
          `INSERT INTO storage (id, bytes) VALUES (:ownerId, :bytes)
          ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes`,
          { ownerId, bytes },
        );
        return bytes;
      });
    },
  };
};
