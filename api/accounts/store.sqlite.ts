import { type Columns, date, type Row, text, textOrNull } from '../sqlite/columns.ts';
import type { Database } from '../sqlite/database.ts';
import type { Role, Session, User } from './account.ts';
import type { AccountStore } from './store.ts';

export function sqliteAccountStore(database: Database): AccountStore {
  return {
    async insertUser(user) {
      return database.insert('users', userColumns(user), 'ON CONFLICT (folded_username) DO NOTHING') > 0;
    },
    async findUser(id) {
      return userOf(database.get('SELECT * FROM users WHERE id = :id', { id }));
    },
    async findUserByName(username) {
      const sql = 'SELECT * FROM users WHERE folded_username = :folded';
      return userOf(database.get(sql, { folded: fold(username) }));
    },
    async setPasswordHash(id, hash) {
      database.run('UPDATE users SET password_hash = :hash WHERE id = :id', { id, hash });
    },
    async countUsers() {
      return Number(database.get('SELECT count(*) AS users FROM users')?.users);
    },
    async insertSession(session) {
      database.insert('sessions', sessionColumns(session));
    },
    async findSession(id, now) {
      const sql = 'SELECT * FROM sessions WHERE id = :id AND expires_at > :now';
      return sessionOf(database.get(sql, { id, now: now.getTime() }));
    },
    async deleteSession(id) {
      database.run('DELETE FROM sessions WHERE id = :id', { id });
    },
    async deleteSessionsOf(userId, exceptId) {
      const sql = 'DELETE FROM sessions WHERE user_id = :userId AND id IS NOT :exceptId RETURNING id';
      return database.all(sql, { userId, exceptId }).map((row) => text(row, 'id'));
    },
    async deleteExpiredSessions(now) {
      return database.run('DELETE FROM sessions WHERE expires_at <= :now', { now: now.getTime() });
    },
  };
}

/** One form for the ways to type a name. SQLite's own NOCASE folds ASCII only. */
const fold = (username: string) => username.normalize('NFC').toLowerCase();

const userColumns = (user: User): Columns => ({
  id: user.id,
  username: user.username,
  folded_username: fold(user.username),
  role: user.role,
  password_hash: user.passwordHash,
  created_at: user.createdAt.getTime(),
});

const userOf = (row: Row | null): User | null =>
  row && {
    id: text(row, 'id'),
    username: text(row, 'username'),
    role: text(row, 'role') as Role,
    passwordHash: textOrNull(row, 'password_hash'),
    createdAt: date(row, 'created_at'),
  };

const sessionColumns = (session: Session): Columns => ({
  id: session.id,
  user_id: session.userId,
  created_at: session.createdAt.getTime(),
  expires_at: session.expiresAt.getTime(),
  user_agent: session.userAgent,
});

const sessionOf = (row: Row | null): Session | null =>
  row && {
    id: text(row, 'id'),
    userId: text(row, 'user_id'),
    createdAt: date(row, 'created_at'),
    expiresAt: date(row, 'expires_at'),
    userAgent: textOrNull(row, 'user_agent'),
  };
