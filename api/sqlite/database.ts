import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Failure } from '../errors/failures.ts';
import { PageLength, type RowsWithin } from '../paging/pageSize.ts';
import type { Columns, Row } from './columns.ts';
import type { DatabaseFile } from './databaseFile.ts';
import { asFailure } from './errors.ts';
import type { FolderLock } from './lock.ts';

/** Maximum cached statements: more than the stores have. A bound in case a store generates SQL without limit. */
const statementLimit = 256;

/** The size of a probe write, in bytes: more than SQLite can store in space that its files already have. */
const probeBytes = 256 * 1024;

/**
 * A connection with cached prepared statements. Calls are synchronous and block the event loop, so a statement must be
 * short. SQLite's errors are thrown as failures: `STORAGE_FULL` or `SERVICE_UNAVAILABLE`.
 */
export class Database {
  readonly connection: DatabaseSync;
  readonly #lock: FolderLock | null;
  readonly #file: DatabaseFile | null;
  #isFull = false;
  readonly #statements = new Map<string, StatementSync>();

  /** `close` releases `lock`. The reference also keeps it from being garbage-collected, which would release it. */
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

  /** Returns the first rows, until they are larger than a page may be. */
  allWithin(sql: string, params: Columns = {}, length = new PageLength()): RowsWithin<Row> {
    return this.#translateErrors(() => {
      const rows: Row[] = [];
      let isCut = false;
      for (const row of this.#prepare(sql).iterate(params)) {
        // The row after the last one isn't kept: it only shows that there is one.
        if (isCut) return { rows, isCut };
        rows.push(row);
        isCut = length.add(row);
      }
      return { rows, isCut: false };
    });
  }

  /** Returns the number of written rows, without rows that triggers and cascades write. */
  run(sql: string, params: Columns = {}): number {
    this.#file?.checkNotReplaced();
    return this.#translateErrors(() => Number(this.#prepare(sql).run(params).changes));
  }

  /** `conflict` is appended to the statement, such as `ON CONFLICT DO NOTHING`. Returns the number of written rows. */
  insert(table: string, columns: Columns, conflict = ''): number {
    const names = Object.keys(columns);
    const values = names.map((name) => `:${name}`);
    return this.run(`INSERT INTO ${table} (${names.join()}) VALUES (${values.join()}) ${conflict}`, columns);
  }

  /** Runs `work` in a transaction. It has the write lock from its start, so rows that it reads can't change. */
  transaction<T>(work: () => T): T {
    this.#file?.checkNotReplaced();
    return this.#translateErrors(() => {
      this.connection.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.connection.exec('COMMIT');
        return result;
      } catch (error) {
        // After some errors, such as a full disk, SQLite has already rolled back.
        if (this.connection.isTransaction) this.connection.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /**
   * Throws if the database can't be read, its file was deleted or replaced, or the disk is full. After a full disk it
   * tries a write, to detect when there is space again.
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

/** Returns `title = :title, model = :model` for the columns. */
export const assignments = (columns: Columns) =>
  Object.keys(columns)
    .map((name) => `${name} = :${name}`)
    .join();

/**
 * Opens the database file, which must exist.
 *
 * In WAL mode the operating system has a commit's data when it returns, so a killed process loses no commit, whatever
 * `synchronous` is. NORMAL omits the fsync of each commit, which would block the event loop for milliseconds, several
 * times per message. A power failure can lose the last seconds, but never damages the file.
 */
export function openConnection(path: string): DatabaseSync {
  const connection = new DatabaseSync(path, {
    enableForeignKeyConstraints: true,
    timeout: 5_000,
    allowExtension: true,
  });
  try {
    connection.exec(`
      -- Takes effect only in a new file; vacuum.ts converts existing files.
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
