import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { sqliteAuditStore } from '../../api/audit/store/store.sqlite.ts';
import { verifyChain } from '../../api/audit/verify.ts';
import { systemCode } from '../../api/errors/systemErrors.ts';
import { Database } from '../../api/sqlite/database.ts';
import { lockFolder } from '../../api/sqlite/lock.ts';
import { type ArchiveRecord, attachmentsPrefix, BackupError } from './archive.ts';
import {
  createFileWriter,
  type FileWriter,
  fileRecords,
  folderRecords,
  optionalFileRecords,
} from './files.ts';

const database = 'ziggie.sqlite';
const secret = 'jwt-secret';
const attachments = 'attachments';
/** An owner and a SHA-256, as `files.disk.ts` stores attachments. No such name leaves the folder. */
const attachmentName = /^attachments\/files\/[\w-]{1,64}\/[0-9a-f]{64}$/;
/** Copies of the database by backups, with the ids of their processes. */
const copyName = /^\.backup-(\d+)\.sqlite$/;
/** The pages that SQLite copies at a time; between two steps a server can write. */
const pagesPerStep = 256;

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
};

/** Deletes the copies of backups that were killed: each is as large as the database. */
const removeOldCopies = async (dataDir: string): Promise<void> => {
  for (const name of await readdir(dataDir)) {
    const [, pid] = copyName.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(dataDir, name), { force: true });
  }
};

/** Yields a consistent copy of the embedded store and its secret. A server may use them at the same time. */
export const dumpSqlite = async function* (dataDir: string): AsyncGenerator<ArchiveRecord> {
  const path = join(dataDir, database);
  if (!existsSync(path)) {
    throw new BackupError(`DATA_DIR ${dataDir} contains no store: set it to the folder that does.`);
  }
  // In the data folder, since the copy isn't encrypted yet.
  const copy = join(dataDir, `.backup-${process.pid}.sqlite`);
  const source = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    // Holds one snapshot. Without it, each write of a server would make SQLite copy from the beginning again.
    source.exec('BEGIN; SELECT 1 FROM sqlite_master');
    await removeOldCopies(dataDir);
    await backup(source, copy, { rate: pagesPerStep });
    await checkDatabase(copy);
    yield* fileRecords(copy, database);
    // After the database: a file that it names is there, unless its conversation was deleted meanwhile.
    yield* folderRecords(join(dataDir, attachmentsPrefix), attachmentsPrefix);
    yield* optionalFileRecords(join(dataDir, secret), secret);
  } finally {
    source.close();
    await rm(copy, { force: true });
  }
};

/** Throws `BackupError` if a database file is damaged, or the chain of its audit log is broken. */
export const checkDatabase = async (path: string): Promise<void> => {
  // No other process writes to it; so SQLite leaves no files of a log beside it.
  const connection = new DatabaseSync(new URL(`${pathToFileURL(path)}?immutable=1`), { readOnly: true });
  try {
    const [result] = connection.prepare('PRAGMA integrity_check(1)').all();
    if (result?.integrity_check !== 'ok') {
      throw new BackupError(`The database is damaged: ${String(result?.integrity_check)}.`);
    }
    const hasAudit = connection.prepare("SELECT 1 FROM sqlite_master WHERE name = 'audit_events'").get();
    if (!hasAudit) return;
    const verdict = await verifyChain(sqliteAuditStore(new Database(connection)));
    if (verdict.is === 'broken') {
      throw new BackupError(`The audit log is broken at entry ${verdict.seq}: ${verdict.why}.`);
    }
  } finally {
    connection.close();
  }
};

export interface Restore {
  /** Takes the records of an archive, in their order. */
  write(record: ArchiveRecord): Promise<void>;
  /** Verifies what was written, and puts it into its place. Call it once the archive has proved complete. */
  finish(): Promise<void>;
  /** Removes what was written. */
  abort(): Promise<void>;
}

/**
 * Restores the embedded store into `dataDir`. With `replace`, the files that are there are kept under other names.
 *
 * @throws BackupError if there are files and `replace` is off, or a server uses them
 */
export const openSqliteRestore = async (dataDir: string, replace: boolean): Promise<Restore> => {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(dataDir, name);
  if (existsSync(at(database)) && !replace) {
    throw new BackupError(
      `DATA_DIR ${dataDir} contains a store. Restore into an empty folder, or add --replace: it keeps the old files under other names.`,
    );
  }
  let lock: ReturnType<typeof lockFolder>;
  try {
    lock = lockFolder(at('ziggie.lock'));
  } catch {
    throw new BackupError(`A server uses the store in ${dataDir}. Stop it first.`);
  }
  const partial = (name: string) => at(`.restore-${process.pid}-${name}`);
  const written = new Set<string>();
  /** Records of one file follow each other, so that only one file is open. */
  let current: { readonly name: string; readonly writer: FileWriter } | null = null;
  const closeCurrent = async () => {
    const { writer } = current ?? {};
    current = null;
    await writer?.close();
  };
  const removeAll = async () => {
    await closeCurrent().catch(() => {});
    for (const name of written) await rm(partial(name), { recursive: true, force: true });
  };

  return {
    async write(record) {
      if (!('file' in record))
        throw new BackupError('The backup is of MongoDB: set MONGODB_URL to restore it.');
      const { file, data } = record;
      const isAttachment = attachmentName.test(file);
      if (file !== database && file !== secret && !isAttachment) return;
      if (current?.name !== file) {
        await closeCurrent();
        if (isAttachment) await mkdir(dirname(partial(file)), { recursive: true, mode: 0o700 });
        written.add(isAttachment ? attachments : file);
        current = { name: file, writer: createFileWriter(partial(file)) };
      }
      await current.writer.write(data);
    },
    async finish() {
      try {
        await closeCurrent();
        if (!written.has(database)) throw new BackupError('The backup contains no store.');
        await checkDatabase(partial(database));
        const old = new Date().toISOString().replaceAll(':', '-');
        // The log of the old database must not be applied to the new one.
        for (const name of [database, `${database}-wal`, `${database}-shm`, attachments, secret]) {
          const isKept = name === secret && !written.has(secret);
          if (!isKept && existsSync(at(name))) await rename(at(name), at(`${name}.before-restore-${old}`));
        }
        for (const name of written) await rename(partial(name), at(name));
      } catch (error) {
        await removeAll();
        throw error;
      } finally {
        lock.release();
      }
    },
    async abort() {
      await removeAll();
      lock.release();
    },
  };
};
