import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Failure } from '../errors/failures.ts';
import type { Columns, Row } from './columns.ts';
import type { DatabaseFile } from './databaseFile.ts';
import { asFailure } from './errors.ts';
import type { FolderLock } from './lock.ts';

/** More than the stores have shapes of SQL; a bound for the day that one of them builds them without end. */
const statementLimit = 256;

/** What the probe writes, in bytes: more than SQLite keeps at hand in files that are there already. */
const probeBytes = 256 * 1024;

/**
 * One connection, whose statements are prepared once each. Calls are synchronous: a statement must be short, because
 * the event loop waits for it. Errors of SQLite are thrown as failures: `STORAGE_FULL`, or `SERVICE_UNAVAILABLE`.
 */
export class Database {
  readonly connection: DatabaseSync;
  readonly #lock: FolderLock | null;
  readonly #file: DatabaseFile | null;
  #isFull = false;
  readonly #statements = new Map<string, StatementSync>();

  /** `lock` is released by `close`, and lives as long as this: one that nothing holds would be collected, and end. */
  constructor(connection: DatabaseSync, lock: FolderLock | null = null, file: DatabaseFile | null = null) {
    this.connection = connection;
    this.#lock = lock;
    this.#file = file;
  }

  get(sql: string, params: Columns = {}): Row | null {
    return this.#translateErrors(() => this.#prepare(sql).get(params) ?? null);
  }

  all(sql: string, params: Columns = {}): Row[] {
    return this.#translateErrors(() => this.#prepare(sql).all(params));
  }

  /** Returns how many rows were written, those of triggers and cascades not counted. */
  run(sql: string, params: Columns = {}): number {
    this.#file?.checkNotReplaced();
    return this.#translateErrors(() => Number(this.#prepare(sql).run(params).changes));
  }

  /** `conflict` is what follows the values, such as `ON CONFLICT DO NOTHING`. Returns how many rows were written. */
  insert(table: string, columns: Columns, conflict = ''): number {
    const names = Object.keys(columns);
    const values = names.map((name) => `:${name}`);
    return this.run(`INSERT INTO ${table} (${names.join()}) VALUES (${values.join()}) ${conflict}`, columns);
  }

  /** All of `work` or nothing; it holds the write lock from its start, so what it reads can't change under it. */
  transaction<T>(work: () => T): T {
    this.#file?.checkNotReplaced();
    return this.#translateErrors(() => {
      this.connection.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.connection.exec('COMMIT');
        return result;
      } catch (error) {
        // SQLite has already rolled back after some errors, such as a full disk.
        if (this.connection.isTransaction) this.connection.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /**
   * Throws where the database can't be read, its file isn't there any more, or the disk is full. A disk that was full is
   * tried with a write, so that the answer changes once there is space again.
   */
  check(): void {
    this.get('SELECT 1 FROM users LIMIT 1');
    this.#file?.checkNotReplaced();
    if (!this.#isFull) return;
    this.run("INSERT OR REPLACE INTO storage_probe (id, filler) VALUES ('probe', zeroblob(:bytes))", {
      bytes: probeBytes,
    });
    this.run('DELETE FROM storage_probe');
    this.#isFull = false;
  }

  close(): void {
    if (!this.connection.isOpen) return;
    this.#statements.clear();
    this.connection.close();
    this.#lock?.release();
  }

  #translateErrors<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const failure = asFailure(error);
      if (failure instanceof Failure && failure.code === 'STORAGE_FULL') this.#isFull = true;
      throw failure;
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined && this.#statements.size >= statementLimit) this.#statements.delete(oldest);
    const statement = this.connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** `title = :title, model = :model`, for the columns given. */
export const assignments = (columns: Columns) =>
  Object.keys(columns)
    .map((name) => `${name} = :${name}`)
    .join();

/**
 * Opens the database file, which must be there.
 *
 * In WAL mode a commit is in the operating system's hands when it returns, so a process that is killed loses nothing
 * committed, whatever `synchronous` says. NORMAL leaves out the fsync at each commit: it would hold the event loop for
 * milliseconds, several times for each message. A power cut can then take the last seconds, but never damages the file.
 */
export function openConnection(path: string): DatabaseSync {
  const connection = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5_000 });
  try {
    connection.exec(`
      -- Of a new file alone; reclaim.ts sees to the others.
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -16000;
      PRAGMA journal_size_limit = 16777216;
    `);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
