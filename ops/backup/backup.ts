import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../../api/process/version.ts';
import { type Archive, BackupError, type Header, readArchive, writeArchive } from './archive.ts';
import { readSettings, runCommand, type Settings } from './command.ts';
import { environmentRecords } from './environmentRecords.ts';
import { createFileWriter, type FileWriter, optionalFileRecords, renameDurably } from './files.ts';
import { checkMongo, dumpMongo } from './mongo.ts';
import { applyRetention, backupName } from './retention.ts';
import { checkDatabase, dumpSqlite } from './sqlite.ts';

/** `npm run backup`: writes an encrypted backup of the store and the secrets. */

const usage = `npm run backup -- --to FOLDER [--keep N] [--inconsistent] [--passphrase-file FILE]
npm run backup -- --verify FILE [--passphrase-file FILE]
Writes an encrypted backup of the store of MONGODB_URL or DATA_DIR (.data), with jwt-secret and the variables of the
server, to a new file in FOLDER, and reads it again to verify it. The service may run. --keep deletes all but the N newest backups of the folder, once the new
one is verified. --inconsistent allows a MongoDB that is no replica set. The passphrase is BACKUP_PASSPHRASE.`;

const say = (line: string) => process.stdout.write(`${line}\n`);

const dump = async function* ({ dataDir, mongodbUrl }: Settings, inconsistent: boolean) {
  if (mongodbUrl === null) yield* dumpSqlite(dataDir);
  else {
    await checkMongo(mongodbUrl);
    yield* dumpMongo(mongodbUrl, inconsistent);
    yield* optionalFileRecords(join(dataDir, 'jwt-secret'), 'jwt-secret');
  }
  yield* environmentRecords(process.env);
};

/** Reads a whole backup: counts, hash, and for an embedded store also the database and its audit log. */
export const verifyBackup = async (path: string, passphrase: string): Promise<Archive> => {
  const folder = await mkdtemp(join(tmpdir(), 'ziggie-verify-'));
  const copy = join(folder, 'ziggie.sqlite');
  let writer: FileWriter | null = null;
  try {
    const archive = await readArchive(path, passphrase, async (record) => {
      if (!('file' in record) || record.file !== 'ziggie.sqlite') return;
      writer ??= createFileWriter(copy);
      await writer.write(record.data);
    });
    await (writer as FileWriter | null)?.close();
    if (archive.header.store === 'sqlite') await checkDatabase(copy);
    return archive;
  } finally {
    await rm(folder, { recursive: true });
  }
};

const report = ({ header, counts, sha256 }: Archive) => {
  const contents = Object.entries(counts).map(([name, count]) => `${count} × ${name}`);
  say(`Verified: ${header.store} of ${header.at}, version ${header.version}: ${contents.join(', ')}.`);
  say(`sha256 of its contents: ${sha256}`);
};

const keepOf = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new BackupError('--keep needs a number of backups from 1.');
  return Number(text);
};

const makeBackup = async (folder: string, keep: number | null, settings: Settings, inconsistent: boolean) => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = new Date();
  const path = join(folder, backupName(at));
  const header: Header = {
    format: 'ziggie-backup-1',
    version,
    at: at.toISOString(),
    store: settings.mongodbUrl === null ? 'sqlite' : 'mongodb',
  };
  // A backup gets its name once it is verified: --keep must never count one that can't be restored.
  const partial = `${path}.partial`;
  const written = await writeArchive(partial, settings.passphrase, header, dump(settings, inconsistent));
  let read: Archive;
  try {
    read = await verifyBackup(partial, settings.passphrase);
    if (read.sha256 !== written.sha256) {
      throw new BackupError('The backup differs from what was written. Check the disk, and repeat it.');
    }
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await renameDurably(partial, path);
  const { size } = await stat(path);
  say(`Backup: ${path} (${size} bytes)`);
  report(read);
  if (settings.attachmentsUrl !== null) {
    say(`Not in it: the attached files in ${settings.attachmentsUrl}. See docs/operations.md.`);
  }
  if (keep === null) return;
  for (const name of await applyRetention(folder, keep)) say(`Deleted: ${name}`);
};

if (import.meta.main) {
  await runCommand('backup', async () => {
    const { to, keep, verify, inconsistent, help, ...rest } = parseArgs({
      options: {
        to: { type: 'string' },
        keep: { type: 'string' },
        verify: { type: 'string' },
        inconsistent: { type: 'boolean' },
        'passphrase-file': { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
    if (help) {
      say(usage);
      return;
    }
    if ((to === undefined) === (verify === undefined)) throw new BackupError(`Usage: ${usage}`);
    const kept = keepOf(keep);
    const settings = readSettings(rest['passphrase-file']);
    if (verify !== undefined) report(await verifyBackup(verify, settings.passphrase));
    else if (to !== undefined) await makeBackup(to, kept, settings, inconsistent === true);
  });
}
