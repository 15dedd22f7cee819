import type { AttachmentFormat } from '../../config/values/attachmentFormats.ts';
import { requireAll } from '../../paging/pageSize.ts';
import {
  type Columns,
  date,
  integer,
  integerOrNull,
  type Row,
  text,
  textOrNull,
} from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import { findOwned } from '../../sqlite/findOwned.ts';
import { timedPage } from '../../sqlite/page.ts';
import { type Attachment, hasText } from '../attachment.ts';
import { readable } from '../rights/readable.sqlite.ts';
import type { AttachmentStore } from './store.ts';

export function sqliteAttachmentStore(database: Database): AttachmentStore {
  const findMany = (ownerId: string, ids: readonly string[]) =>
    findOwned(database, 'attachments', ownerId, ids, attachmentOf);
  const find = (ownerId: string, id: string) => findMany(ownerId, [id])[0] ?? null;

  return {
    async insert(attachment, content) {
      database.transaction(() => {
        const indexAt = hasText(attachment) ? attachment.createdAt.getTime() : null;
        database.insert('attachments', { ...columnsOf(attachment), index_at: indexAt });
        database.insert('attachment_texts', { id: attachment.id, text: content });
      });
    },
    async find(ownerId, id) {
      return find(ownerId, id);
    },
    async findMany(ownerId, ids) {
      return findMany(ownerId, ids);
    },
    async text(ownerId, id) {
      const sql = `SELECT t.text FROM attachments a JOIN attachment_texts t ON t.id = a.id
        WHERE a.id = :id AND a.owner_id = :ownerId`;
      const row = database.get(sql, { id, ownerId });
      return row && text(row, 'text');
    },
    async findReadable(readerId, ids) {
      const sql = `SELECT a.* FROM attachments a WHERE a.id IN (SELECT value FROM json_each(:ids)) AND ${readable}`;
      const found = requireAll(database.allWithin(sql, { readerId, ids: JSON.stringify(ids) }));
      const byId = new Map(found.map((row) => [text(row, 'id'), attachmentOf(row)]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    async readableText(readerId, id) {
      const sql = `SELECT t.text FROM attachments a JOIN attachment_texts t ON t.id = a.id WHERE a.id = :id AND ${readable}`;
      const row = database.get(sql, { id, readerId });
      return row && text(row, 'text');
    },
    async pageOfCollection(readerId, collectionId, page) {
      return timedPage(
        database,
        {
          table: 'attachments a',
          where: `a.collection_id = :collectionId AND ${readable}`,
          params: { readerId, collectionId },
          order: 'descending',
          read: attachmentOf,
        },
        page,
      );
    },
    async page(ownerId, page) {
      return timedPage(
        database,
        {
          table: 'attachments',
          where: 'owner_id = :ownerId',
          params: { ownerId },
          order: 'descending',
          read: attachmentOf,
        },
        page,
      );
    },
    async assign(ownerId, ids, conversationId) {
      database.run(
        `UPDATE attachments SET conversation_id = :conversationId
        WHERE id IN (SELECT value FROM json_each(:ids)) AND owner_id = :ownerId AND conversation_id IS NULL`,
        { ids: JSON.stringify(ids), ownerId, conversationId },
      );
    },
    async fileKeysOfConversation(ownerId, conversationId) {
      const sql =
        'SELECT file_key FROM attachments WHERE conversation_id = :conversationId AND owner_id = :ownerId';
      return database.all(sql, { conversationId, ownerId }).map((row) => text(row, 'file_key'));
    },
    async delete(ownerId, id) {
      return database.transaction(() => {
        const found = find(ownerId, id);
        if (found) database.run('DELETE FROM attachments WHERE id = :id', { id });
        return found;
      });
    },
    async deleteUnsent(ownerId, id) {
      return database.transaction(() => {
        const found = find(ownerId, id);
        if (found?.conversationId !== null || found.collectionId !== null) return null;
        database.run('DELETE FROM attachments WHERE id = :id', { id });
        return found;
      });
    },
    async deleteOfOwner(ownerId) {
      return database.transaction(() => {
        const rows = database.all('SELECT file_key FROM attachments WHERE owner_id = :ownerId', { ownerId });
        database.run('DELETE FROM attachments WHERE owner_id = :ownerId', { ownerId });
        return rows.map((row) => text(row, 'file_key'));
      });
    },
    async unsentAnyOwner(before, after) {
      const later = after === null ? '' : 'AND (created_at, id) > (:afterTime, :afterId)';
      const sql = `SELECT * FROM attachments WHERE conversation_id IS NULL AND collection_id IS NULL AND created_at < :before ${later}
        ORDER BY created_at, id LIMIT 100`;
      const key = after && { afterTime: after.createdAt.getTime(), afterId: after.id };
      return database.all(sql, { before: before.getTime(), ...key }).map(attachmentOf);
    },
    async usedFileKeys(fileKeys) {
      const sql =
        'SELECT DISTINCT file_key FROM attachments WHERE file_key IN (SELECT value FROM json_each(:keys))';
      return database.all(sql, { keys: JSON.stringify(fileKeys) }).map((row) => text(row, 'file_key'));
    },
  };
}

const columnsOf = (attachment: Attachment): Columns => ({
  id: attachment.id,
  owner_id: attachment.ownerId,
  conversation_id: attachment.conversationId,
  collection_id: attachment.collectionId,
  name: attachment.name,
  format: attachment.format,
  media_type: attachment.mediaType,
  size: attachment.size,
  sha256: attachment.sha256,
  file_key: attachment.fileKey,
  pages: attachment.pages,
  text_length: attachment.textLength,
  omitted_length: attachment.omittedLength,
  tokens: attachment.tokens,
  preview: attachment.preview,
  width: attachment.width,
  height: attachment.height,
  stored_bytes: attachment.storedBytes,
  created_at: attachment.createdAt.getTime(),
});

const attachmentOf = (row: Row): Attachment => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  conversationId: textOrNull(row, 'conversation_id'),
  collectionId: textOrNull(row, 'collection_id'),
  name: text(row, 'name'),
  format: text(row, 'format') as AttachmentFormat,
  mediaType: text(row, 'media_type'),
  size: integer(row, 'size'),
  sha256: text(row, 'sha256'),
  fileKey: text(row, 'file_key'),
  pages: integerOrNull(row, 'pages'),
  textLength: integer(row, 'text_length'),
  omittedLength: integer(row, 'omitted_length'),
  tokens: integer(row, 'tokens'),
  preview: text(row, 'preview'),
  width: integerOrNull(row, 'width'),
  height: integerOrNull(row, 'height'),
  storedBytes: integer(row, 'stored_bytes'),
  createdAt: date(row, 'created_at'),
});
