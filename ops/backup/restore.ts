import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Archive, type ArchiveRecord, BackupError, readArchive } from './archive.ts';
import { readSettings, runCommand } from './command.ts';
import { createFileWriter, type FileWriter } from './files.ts';
import { openMongoRestore } from './mongo.ts';
import { openSqliteRestore, type Restore } from './sqlite.ts';

/** `npm run restore`: restores a backup into the store of MONGODB_URL or DATA_DIR. */

const usage = `npm run restore -- FILE [--replace] [--passphrase-file FILE]
Restores a backup into the store of MONGODB_URL or DATA_DIR (.data), which must be empty. --replace restores over another
installation: its files are kept under other names, a database of MongoDB is deleted. Stop all servers first,
and delete the data of Redis. The variables of the backup are written to .env.restored in DATA_DIR.`;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Restores files beside the store: `.env`, and with MongoDB the secret. */
const openFiles = (dataDir: string, names: Readonly<Record<string, string>>, replace: boolean) => {
  const writers = new Map<string, FileWriter>();
  return {
    async write(record: ArchiveRecord) {
      if (!('file' in record) || !Object.hasOwn(names, record.file)) return;
      const path = join(dataDir, names[record.file] ?? record.file);
      let writer = writers.get(record.file);
      if (!writer) {
        if (existsSync(path)) {
          if (!replace) throw new BackupError(`${path} exists. Move it, or add --replace.`);
          await rename(path, `${path}.before-restore-${new Date().toISOString().replaceAll(':', '-')}`);
        }
        await mkdir(dataDir, { recursive: true, mode: 0o700 });
        writer = createFileWriter(path);
        writers.set(record.file, writer);
      }
      await writer.write(record.data);
    },
    async close() {
      for (const writer of writers.values()) await writer.close();
    },
  };
};

const restore = async (file: string, replace: boolean, passphraseFile: string | undefined): Promise<void> => {
  const { dataDir, mongodbUrl, passphrase } = readSettings(passphraseFile);
  // Read twice: a damaged backup must not replace anything.
  const expected = mongodbUrl === null ? 'sqlite' : 'mongodb';
  const { header } = await readArchive(file, passphrase, () => {});
  if (header.store !== expected) {
    throw new BackupError(
      header.store === 'mongodb'
        ? 'The backup is of MongoDB: set MONGODB_URL to the database that it is restored into.'
        : 'The backup is of an embedded store: remove MONGODB_URL, restore it, and use npm run migrate-store afterwards.',
    );
  }
  const target: Restore =
    mongodbUrl === null
      ? await openSqliteRestore(dataDir, replace)
      : await openMongoRestore(mongodbUrl, replace);
  const names = { '.env': '.env.restored', ...(mongodbUrl !== null && { 'jwt-secret': 'jwt-secret' }) };
  const files = openFiles(dataDir, names, replace);
  let archive: Archive;
  try {
    archive = await readArchive(file, passphrase, async (record) => {
      await target.write(record);
      await files.write(record);
    });
  } catch (error) {
    await target.abort();
    throw error;
  } finally {
    await files.close();
  }
  await target.finish();
  say(`Restored the backup of ${archive.header.at}, version ${archive.header.version}.`);
  say(
    'Counts, hash and the chain of the audit log are as in the backup. Delete the data of Redis, then start the servers.',
  );
};

await runCommand('restore', async () => {
  const { values, positionals } = parseArgs({
    options: {
      replace: { type: 'boolean' },
      'passphrase-file': { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (values.help) say(usage);
  else if (file === undefined || positionals.length > 1) throw new BackupError(`Usage: ${usage}`);
  else await restore(file, values.replace === true, values['passphrase-file']);
});
