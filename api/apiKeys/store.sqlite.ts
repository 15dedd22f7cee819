import type { ApiKey } from '../access/apiKey.ts';
import type { Scope } from '../access/scopes.ts';
import {
  type Columns,
  date,
  dateOrNull,
  encodeDate,
  encodeJson,
  integer,
  json,
  type Row,
  text,
} from '../sqlite/columns.ts';
import type { Database } from '../sqlite/database.ts';
import { timedPage } from '../sqlite/page.ts';
import type { ApiKeyStore } from './store.ts';

export function sqliteApiKeyStore(database: Database): ApiKeyStore {
  return {
    async insert(key, limit) {
      return database.transaction(() => {
        const sql = 'SELECT count(*) AS keys FROM api_keys WHERE user_id = :userId';
        if (integer(database.get(sql, { userId: key.userId }) ?? {}, 'keys') >= limit) return false;
        return database.insert('api_keys', columnsOf(key)) > 0;
      });
    },
    async findByHash(secretHash, now) {
      const sql =
        'SELECT * FROM api_keys WHERE secret_hash = :secretHash AND (expires_at IS NULL OR expires_at > :now)';
      return keyOrNull(database.get(sql, { secretHash, now: now.getTime() }));
    },
    async find(ownerId, id) {
      const sql = 'SELECT * FROM api_keys WHERE id = :id AND user_id = :ownerId';
      return keyOrNull(database.get(sql, { id, ownerId }));
    },
    async page(ownerId, page) {
      return timedPage(database, listOf('user_id = :ownerId', { ownerId }), page);
    },
    async pageAnyOwner(page) {
      return timedPage(database, listOf('TRUE', {}), page);
    },
    async setLastUsed(id, at) {
      database.run('UPDATE api_keys SET last_used_at = :at WHERE id = :id', { id, at: at.getTime() });
    },
    async delete(ownerId, id) {
      return database.run('DELETE FROM api_keys WHERE id = :id AND user_id = :ownerId', { id, ownerId }) > 0;
    },
    async deleteAnyOwner(id) {
      return database.run('DELETE FROM api_keys WHERE id = :id', { id }) > 0;
    },
    async deleteAllOf(ownerId) {
      database.run('DELETE FROM api_keys WHERE user_id = :ownerId', { ownerId });
    },
  };
}

const listOf = (where: string, params: Columns) =>
  ({ table: 'api_keys', where, params, order: 'descending', read: keyOf }) as const;

const columnsOf = (key: ApiKey): Columns => ({
  id: key.id,
  user_id: key.userId,
  name: key.name,
  secret_hash: key.secretHash,
  ending: key.ending,
  scopes: encodeJson(key.scopes) ?? null,
  created_at: key.createdAt.getTime(),
  expires_at: encodeDate(key.expiresAt) ?? null,
  last_used_at: encodeDate(key.lastUsedAt) ?? null,
});

const keyOf = (row: Row): ApiKey => ({
  id: text(row, 'id'),
  userId: text(row, 'user_id'),
  name: text(row, 'name'),
  secretHash: text(row, 'secret_hash'),
  ending: text(row, 'ending'),
  scopes: json<readonly Scope[]>(row, 'scopes'),
  createdAt: date(row, 'created_at'),
  expiresAt: dateOrNull(row, 'expires_at'),
  lastUsedAt: dateOrNull(row, 'last_used_at'),
});

const keyOrNull = (row: Row | null): ApiKey | null => row && keyOf(row);
