import { readFileSync } from 'node:fs';
import { MongoError } from 'mongodb';
import { ConfigError } from '../../api/config/read.ts';
import { StartupError } from '../../api/errors/startupError.ts';
import { systemCode } from '../../api/errors/systemErrors.ts';
import { MongoUrlUnusable } from '../../api/mongo/client.ts';
import { reasonOf } from '../../api/mongo/errors.ts';
import { readEnvironment } from '../environment.ts';
import { BackupError } from './archive.ts';

/** The minimum length of a passphrase, in characters: a backup may be attacked offline. */
const minPassphrase = 16;

export interface Settings {
  readonly dataDir: string;
  readonly mongodbUrl: string | null;
  /** The bucket of attached files, which is not in a backup. */
  readonly attachmentsUrl: string | null;
  readonly passphrase: string;
}

/** Reads the variables of the server, and the passphrase from BACKUP_PASSPHRASE or `passphraseFile`. Throws `BackupError`. */
export const readSettings = (passphraseFile?: string): Settings => {
  const environment = readEnvironment();
  const passphrase =
    passphraseFile === undefined
      ? (environment.BACKUP_PASSPHRASE ?? '').trim()
      : readFileSync(passphraseFile, 'utf8').trim();
  if (passphrase.length < minPassphrase) {
    throw new BackupError(
      `The passphrase needs ${minPassphrase} characters or more. Set BACKUP_PASSPHRASE, or give --passphrase-file FILE, and store it apart from the backups: without it they can't be read.`,
    );
  }
  return {
    dataDir: environment.DATA_DIR?.trim() || '.data',
    mongodbUrl: environment.MONGODB_URL?.trim() || null,
    attachmentsUrl: environment.ATTACHMENTS_URL?.trim() || null,
    passphrase,
  };
};

const expected = [BackupError, StartupError, ConfigError, MongoUrlUnusable];

/** Runs a command, and prints an expected error as one line. Exits with 1 after an error. */
export const runCommand = async (name: string, command: () => Promise<void>): Promise<void> => {
  try {
    await command();
  } catch (error) {
    const code = systemCode(error) ?? '';
    const isExpected =
      expected.some((kind) => error instanceof kind) ||
      code.startsWith('ERR_PARSE_ARGS') ||
      /^E[A-Z]+$/.test(code);
    const mongo = error instanceof MongoError ? `MongoDB is unavailable (${reasonOf(error)}).` : null;
    const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
    process.stderr.write(`${name}: ${mongo ?? text}\n`);
    process.exitCode = 1;
  }
};
