import { foldUsername } from '../../access/user.ts';
import { type Columns, dateOrNull, defined, type Row, text } from '../../sqlite/columns.ts';
import { assignments, type Database } from '../../sqlite/database.ts';
import { keyedPage, timedPage } from '../../sqlite/page.ts';
import { linkColumns, linkOf, sessionColumns, sessionOf, userColumns, userOf } from './rows.sqlite.ts';
import type { AccountStore } from './store.ts';

export function sqliteAccountStore(database: Database): AccountStore {
  return {
    async insertUser(user) {
      return database.insert('users', userColumns(user), 'ON CONFLICT DO NOTHING') > 0;
    },
    async findUser(id) {
      return orNull(database.get('SELECT * FROM users WHERE id = :id', { id }), userOf);
    },
    async findUsers(ids) {
      const sql = 'SELECT * FROM users WHERE id IN (SELECT value FROM json_each(:ids))';
      const users = database.all(sql, { ids: JSON.stringify(ids) }).map(userOf);
      const byId = new Map(users.map((user) => [user.id, user]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    async findUserByName(username) {
      const sql = 'SELECT * FROM users WHERE folded_username = :folded';
      return orNull(database.get(sql, { folded: foldUsername(username) }), userOf);
    },
    async findUserByIdentity({ issuer, subject }) {
      const sql = 'SELECT * FROM users WHERE identity_issuer = :issuer AND identity_subject = :subject';
      return orNull(database.get(sql, { issuer, subject }), userOf);
    },
    async pageOfUsers(page, search) {
      const list = {
        table: 'users',
        where: search ? 'instr(folded_username, :search) > 0' : 'true',
        params: search ? { search: foldUsername(search) } : nothing,
        key: 'folded_username',
        order: 'ascending',
        read: userOf,
      } as const;
      return keyedPage(database, list, page);
    },
    async updateUser(id, { role, status }) {
      const columns = defined({ role, status });
      return database.transaction(() => {
        const before = orNull(database.get('SELECT * FROM users WHERE id = :id', { id }), userOf);
        if (!before) return 'ABSENT';
        database.run(`UPDATE users SET ${assignments({ id, ...columns })} WHERE id = :id`, {
          id,
          ...columns,
        });
        const wasAdmin = before.role === 'ADMIN' && before.status === 'ACTIVE';
        if (!wasAdmin || database.get(anyAdmin)) return 'UPDATED';
        const { role: oldRole, status: oldStatus } = before;
        database.run('UPDATE users SET role = :oldRole, status = :oldStatus WHERE id = :id', {
          id,
          oldRole,
          oldStatus,
        });
        return 'LAST_ADMIN';
      });
    },
    async setPasswordHash(id, hash) {
      database.run('UPDATE users SET password_hash = :hash WHERE id = :id', { id, hash });
    },
    async replacePasswordHash(id, from, to) {
      const sql = 'UPDATE users SET password_hash = :to WHERE id = :id AND password_hash = :from';
      database.run(sql, { id, from, to });
    },
    async deleteUser(id) {
      database.run('DELETE FROM users WHERE id = :id', { id });
    },
    async usersBeingDeleted() {
      return database.all("SELECT * FROM users WHERE status = 'DELETING' LIMIT 100").map(userOf);
    },
    async countUsers() {
      return Number(database.get('SELECT count(*) AS users FROM users')?.users);
    },
    async insertSession(session) {
      database.insert('sessions', sessionColumns(session));
    },
    async findSession(id, now) {
      const sql = 'SELECT * FROM sessions WHERE id = :id AND expires_at > :now';
      return orNull(database.get(sql, { id, now: now.getTime() }), sessionOf);
    },
    async pageOfSessions(userId, page, now) {
      const list = {
        table: 'sessions',
        where: 'user_id = :userId AND expires_at > :now',
        params: { userId, now: now.getTime() },
        order: 'descending',
        read: sessionOf,
      } as const;
      return timedPage(database, list, page);
    },
    async lastSeenOf(userIds) {
      const rows = database.all(
        `SELECT user_id, max(last_seen_at) AS at FROM sessions
        WHERE user_id IN (SELECT value FROM json_each(:ids)) GROUP BY user_id`,
        { ids: JSON.stringify(userIds) },
      );
      const byId = new Map(rows.map((row) => [text(row, 'user_id'), dateOrNull(row, 'at')]));
      return userIds.map((id) => byId.get(id) ?? null);
    },
    async setLastSeen(id, at, address) {
      const sql = 'UPDATE sessions SET last_seen_at = :at, address = :address WHERE id = :id';
      database.run(sql, { id, at: at.getTime(), address });
    },
    async deleteSession(id) {
      database.run('DELETE FROM sessions WHERE id = :id', { id });
    },
    async deleteSessionsOf(userId, exceptId) {
      const sql = 'DELETE FROM sessions WHERE user_id = :userId AND id IS NOT :exceptId RETURNING id';
      return database.all(sql, { userId, exceptId }).map((row) => text(row, 'id'));
    },
    async deleteLeastUsedSessions(userId, keep) {
      const sql = `DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions WHERE user_id = :userId ORDER BY last_seen_at DESC, id DESC LIMIT -1 OFFSET :keep
      ) RETURNING id`;
      return database.all(sql, { userId, keep }).map((row) => text(row, 'id'));
    },
    async deleteExpiredSessions(now) {
      return database.run('DELETE FROM sessions WHERE expires_at <= :now', { now: now.getTime() });
    },
    async insertLink(link) {
      database.insert('links', linkColumns(link));
    },
    async findLink(secretHash, now) {
      const sql = 'SELECT * FROM links WHERE secret_hash = :secretHash AND expires_at > :now';
      return orNull(database.get(sql, { secretHash, now: now.getTime() }), linkOf);
    },
    async consumeLink(secretHash, now) {
      const sql = 'DELETE FROM links WHERE secret_hash = :secretHash AND expires_at > :now RETURNING *';
      return orNull(database.get(sql, { secretHash, now: now.getTime() }), linkOf);
    },
    async findInvite(id, now) {
      const sql = "SELECT * FROM links WHERE id = :id AND kind = 'INVITE' AND expires_at > :now";
      return orNull(database.get(sql, { id, now: now.getTime() }), linkOf);
    },
    async pageOfInvites(page, now) {
      const list = {
        table: 'links',
        where: "kind = 'INVITE' AND expires_at > :now",
        params: { now: now.getTime() },
        order: 'descending',
        read: linkOf,
      } as const;
      return timedPage(database, list, page);
    },
    async deleteInvite(id) {
      return database.run("DELETE FROM links WHERE id = :id AND kind = 'INVITE'", { id }) > 0;
    },
    async deleteLinksOf(userId) {
      database.run('DELETE FROM links WHERE user_id = :userId', { userId });
    },
    async deleteExpiredLinks(now) {
      return database.run('DELETE FROM links WHERE expires_at <= :now', { now: now.getTime() });
    },
  };
}

const nothing: Columns = {};

const anyAdmin = "SELECT 1 FROM users WHERE role = 'ADMIN' AND status = 'ACTIVE' LIMIT 1";

const orNull = <Item>(row: Row | null, read: (row: Row) => Item): Item | null => row && read(row);
