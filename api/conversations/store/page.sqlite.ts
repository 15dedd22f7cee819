import type { Page, PageRequest } from '../../paging/pages.ts';
import { matchOf } from '../../search/terms.sqlite.ts';
import type { Columns } from '../../sqlite/columns.ts';
import type { Database } from '../../sqlite/database.ts';
import type { Conversation, ConversationFilter, ConversationKey } from '../conversation.ts';
import { conversationOf } from './rows.sqlite.ts';

/** Returns a page of an owner's list: a range of an index, except for a search, which sorts its matches. */
export function conversationPage(
  database: Database,
  ownerId: string,
  { direction, size, after, before }: PageRequest<ConversationKey>,
  filter: ConversationFilter,
): Page<Conversation> {
  const list = listOf(ownerId, filter);
  if (list === null) return { items: [], hasNextPage: false, hasPreviousPage: false };
  const { key, sql, params } = list;
  const forward = direction === 'forward';
  const order = forward ? 'DESC' : 'ASC';

  // The list is descending, so entries after a key are smaller.
  const bounds = [
    after ? `AND (${key}) < (${placeholders('after')})` : '',
    before ? `AND (${key}) > (${placeholders('before')})` : '',
  ];
  const ordered = key.map((column) => `${column} ${order}`);
  const found = database.all(
    `SELECT c.* ${sql} ${bounds.join(' ')} ORDER BY ${ordered.join()} LIMIT :limit`,
    { ...params, ...keyParams('after', after), ...keyParams('before', before), limit: size + 1 },
  );
  const more = found.length > size;
  const rows = found.slice(0, size);
  if (!forward) rows.reverse();

  const hasAny = (comparison: '<=' | '>=', bound: ConversationKey | null) =>
    bound !== null &&
    database.get(`SELECT 1 ${sql} AND (${key}) ${comparison} (${placeholders('bound')}) LIMIT 1`, {
      ...params,
      ...keyParams('bound', bound),
    }) !== null;
  return {
    items: rows.map(conversationOf),
    hasNextPage: (forward && more) || hasAny('<=', before),
    hasPreviousPage: (!forward && more) || hasAny('>=', after),
  };
}

/** Returns the SQL of a filter's rows, as `c`, and the columns of its sort key. Null if nothing can match. */
function listOf(ownerId: string, { archived, tag, folderId, search, temporary = false }: ConversationFilter) {
  const table = tag === null ? 'c' : 't';
  const from =
    tag === null ? 'conversations c' : 'conversation_tags t CROSS JOIN conversations c ON c.id = t.id';
  const key = [`${table}.pinned`, `${table}.updated_at`, `${table}.id`];
  let sql = `FROM ${from} WHERE ${table}.owner_id = :ownerId AND ${table}.archived = :archived`;
  const params: Columns = { ownerId, archived: Number(archived) };
  sql += ` AND c.expires_at IS ${temporary ? 'NOT NULL' : 'NULL'}`;
  if (tag !== null) {
    sql += ' AND t.tag = :tag';
    params.tag = tag;
  }
  if (folderId !== undefined) {
    sql += ' AND c.folder_id IS :folderId';
    params.folderId = folderId;
  }
  if (search !== null && search.trim() !== '') {
    const match = matchOf(search);
    if (match === null) return null;
    sql += ` AND c.number IN (${found})`;
    params.match = match;
  }
  return { sql, params, key };
}

/** The upper bits of a message's number are its conversation's number. */
const found = `
  SELECT rowid FROM title_search WHERE title_search MATCH :match
  UNION ALL SELECT rowid >> 24 FROM message_search WHERE message_search MATCH :match`;

const placeholders = (bound: string) => `:${bound}_pinned, :${bound}_at, :${bound}_id`;

const keyParams = (bound: string, key: ConversationKey | null): Columns =>
  key === null
    ? {}
    : {
        [`${bound}_pinned`]: Number(key.pinned),
        [`${bound}_at`]: key.updatedAt.getTime(),
        [`${bound}_id`]: key.id,
      };
