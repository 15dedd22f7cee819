import { temporaryOfOwner } from '../conversations/store/rows.sqlite.ts';
import { PageLength, requireAll } from '../paging/pageSize.ts';
import { matchOf } from '../search/terms.sqlite.ts';
import {
  type Columns,
  date,
  encodeJson,
  integer,
  json,
  type Row,
  text,
  textOrNull,
} from '../sqlite/columns.ts';
import type { Database } from '../sqlite/database.ts';
import { findOwned } from '../sqlite/findOwned.ts';
import { timedPage } from '../sqlite/page.ts';
import type { Message, MessageAttachment, MessageRole, MessageSource, Rating } from './message.ts';
import { depthsOf, segmentsOf, withoutRest } from './path.ts';
import type { MessageStore } from './store.ts';
import { lineageOf, newestLeaf, positionUnder } from './tree.sqlite.ts';

const childrenLimit = 100;

export function sqliteMessageStore(database: Database): MessageStore {
  const find = (ownerId: string, id: string) => {
    const row = database.get('SELECT * FROM messages WHERE id = :id AND owner_id = :ownerId', {
      id,
      ownerId,
    });
    return row && messageOf(row);
  };

  return {
    async insert(message) {
      return database.transaction(() => {
        const { ownerId, id, conversationId, parentId } = message;
        const known = find(ownerId, id);
        if (known !== null) return known;
        const number = nextNumber(database, ownerId, conversationId);
        const parent = parentId === null ? null : find(ownerId, parentId);
        const isParentValid = parentId === null || parent?.conversationId === conversationId;
        if (number === null || !isParentValid) return null;
        const positioned = { ...message, ...positionUnder(database, parent, message) };
        database.insert('messages', { number, ...columnsOf(positioned) });
        return positioned;
      });
    },
    async find(ownerId, id) {
      return find(ownerId, id);
    },
    async findMany(ownerId, ids) {
      return findOwned(database, 'messages', ownerId, ids, messageOf);
    },
    async path(ownerId, leafId, request) {
      const leaf = find(ownerId, leafId);
      if (leaf === null) return { items: [], hasNextPage: false, hasPreviousPage: false };
      const { first, last, ...page } = depthsOf(leaf.depth, request);
      const segments = segmentsOf(lineageOf(database, leaf.branchId), leaf.branchId, first, last);
      const isForward = request.direction === 'forward';
      const sql = `${rangeSql} ${isForward ? 'ASC' : 'DESC'}`;
      const length = new PageLength();
      const rows: Row[] = [];
      for (const segment of isForward ? segments : segments.reverse()) {
        if (length.isFull) break;
        rows.push(...database.allWithin(sql, { ...segment }, length).rows);
      }
      return withoutRest(rows.map(messageOf), last - first + 1, request.direction, page);
    },
    async ofConversation(ownerId, conversationId, afterId, size) {
      const { rows } = database.allWithin(
        `SELECT m.* FROM conversations c JOIN messages m
          ON m.number > iif(:afterId IS NULL, (c.number << 24) - 1,
            (SELECT number FROM messages WHERE id = :afterId AND conversation_id = :conversationId))
          AND m.number < c.number + 1 << 24
        WHERE c.id = :conversationId AND c.owner_id = :ownerId ORDER BY m.number LIMIT :size`,
        { ownerId, conversationId, afterId, size },
      );
      return rows.map(messageOf);
    },
    async count(ownerId, conversationId) {
      const row = database.get(
        `SELECT count(*) AS messages FROM messages WHERE conversation_id = :conversationId
          AND EXISTS (SELECT 1 FROM conversations WHERE id = :conversationId AND owner_id = :ownerId)`,
        { ownerId, conversationId },
      );
      return row === null ? 0 : integer(row, 'messages');
    },
    async search(ownerId, search, page) {
      const match = matchOf(search);
      if (match === null) return { items: [], hasNextPage: false, hasPreviousPage: false };
      const list = {
        table: 'messages',
        where: `owner_id = :ownerId
          AND number IN (SELECT rowid FROM message_search WHERE message_search MATCH :match)
          AND conversation_id NOT IN (${temporaryOfOwner})`,
        params: { ownerId, match },
        order: 'descending',
        read: messageOf,
      } as const;
      return timedPage(database, list, page);
    },
    async children(ownerId, conversationId, parentId) {
      const within = database.allWithin(
        `SELECT * FROM messages
        WHERE conversation_id = :conversationId AND parent_id IS :parentId AND owner_id = :ownerId
        ORDER BY created_at, id LIMIT ${childrenLimit}`,
        { conversationId, parentId, ownerId },
      );
      return requireAll(within).map(messageOf);
    },
    async newestLeaf(ownerId, id) {
      const start = find(ownerId, id);
      return start && newestLeaf(database, start);
    },
    async fence(ownerId, id, author) {
      return database.transaction(() => {
        const before = find(ownerId, id);
        const sql = `UPDATE messages SET attempt = :attempt WHERE ${isUnfenced}`;
        return database.run(sql, { id, ownerId, ...author }) > 0 ? before : null;
      });
    },
    async setContent(ownerId, id, author, content) {
      const sql = `UPDATE messages SET content = :content, attempt = :attempt WHERE ${isUnfenced}`;
      return database.run(sql, { id, ownerId, ...author, content }) > 0;
    },
    async appendContents(appends) {
      const sql = `UPDATE messages SET content = content || :delta, attempt = :attempt
        WHERE id = :id AND owner_id = :ownerId AND generation_id = :generationId
          AND (attempt = :attempt OR (attempt IS NULL AND :offset = 0)) AND octet_length(content) = :offset`;
      return database.transaction(() =>
        appends.map(({ author, ...append }) => database.run(sql, { ...append, ...author }) > 0),
      );
    },
    async rate(ownerId, id, rating) {
      const sql = 'UPDATE messages SET rating = :rating WHERE id = :id AND owner_id = :ownerId';
      return database.run(sql, { id, ownerId, rating }) > 0;
    },
    async remove(ownerId, id) {
      return database.transaction(() => {
        const message = find(ownerId, id);
        if (message === null) return false;
        const { conversationId } = message;
        const sql =
          'SELECT 1 FROM messages WHERE conversation_id = :conversationId AND parent_id = :id LIMIT 1';
        if (database.get(sql, { conversationId, id }) !== null) return false;
        database.run('DELETE FROM messages WHERE id = :id', { id });
        // The branch that this message started contains no other message.
        database.run('DELETE FROM branches WHERE id = :id', { id });
        return true;
      });
    },
  };
}

const isUnfenced = `id = :id AND owner_id = :ownerId AND generation_id = :generationId
  AND (attempt IS NULL OR attempt <= :attempt)`;

const rangeSql =
  'SELECT * FROM messages WHERE branch_id = :branchId AND depth BETWEEN :from AND :to ORDER BY depth';

/** Returns the next free message number of a conversation (the first migration explains numbers). */
function nextNumber(database: Database, ownerId: string, conversationId: string): number | null {
  const row = database.get(
    `SELECT coalesce(
      (SELECT number FROM messages
        WHERE number BETWEEN c.number << 24 AND (c.number + 1 << 24) - 1 ORDER BY number DESC LIMIT 1),
      c.number << 24
    ) + 1 AS next FROM conversations c WHERE id = :conversationId AND owner_id = :ownerId`,
    { conversationId, ownerId },
  );
  return row && integer(row, 'next');
}

const columnsOf = (message: Message): Columns => ({
  id: message.id,
  conversation_id: message.conversationId,
  owner_id: message.ownerId,
  parent_id: message.parentId,
  branch_id: message.branchId,
  depth: message.depth,
  role: message.role,
  content: message.content,
  generation_id: message.generationId,
  attachments: encodeJson(message.attachments) ?? null,
  edited_from: message.editedFrom ?? null,
  sources: encodeJson(message.sources) ?? null,
  created_at: message.createdAt.getTime(),
});

const messageOf = (row: Row): Message => ({
  id: text(row, 'id'),
  conversationId: text(row, 'conversation_id'),
  ownerId: text(row, 'owner_id'),
  parentId: textOrNull(row, 'parent_id'),
  branchId: text(row, 'branch_id'),
  depth: integer(row, 'depth'),
  role: text(row, 'role') as MessageRole,
  content: text(row, 'content'),
  generationId: textOrNull(row, 'generation_id'),
  ...(row.attempt !== null && { attempt: integer(row, 'attempt') }),
  ...(row.attachments !== null && { attachments: json<readonly MessageAttachment[]>(row, 'attachments') }),
  ...(row.sources !== null && { sources: json<readonly MessageSource[]>(row, 'sources') }),
  createdAt: date(row, 'created_at'),
  ...(row.rating !== null && { rating: text(row, 'rating') as Rating }),
  ...(row.edited_from !== null && { editedFrom: text(row, 'edited_from') }),
});
