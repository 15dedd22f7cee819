import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { MongoError } from 'mongodb';
import { pino } from 'pino';
import { mergeEnvironments } from '../../api/config/config.ts';
import { systemCode } from '../../api/errors/systemErrors.ts';
import { createMongoClient, MongoUrlUnusable } from '../../api/mongo/client.ts';
import { NewerMongoStore, reasonOf } from '../../api/mongo/errors.ts';
import { StoreUnopened } from '../../api/sqlite/errors.ts';
import { FileUnusable, openSqliteExport } from './exportSqlite.ts';
import { openMongoImport } from './importMongo.ts';
import { TransferError, transfer } from './transfer.ts';

/** `npm run migrate-store -- --from sqlite --to mongodb`: migrates an embedded installation to MongoDB. */

const usage = `npm run migrate-store -- --from sqlite --to mongodb
Copies the embedded store in DATA_DIR (.data) to the empty MongoDB database of MONGODB_URL. Stop the server first. After an
interruption or a failure, run it again: it continues.`;

const readEnvironment = () => {
  try {
    return mergeEnvironments(process.env, parseEnv(readFileSync('.env', 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return process.env;
    throw error;
  }
};

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Whether to migrate; false if only help was requested. */
const shouldMigrate = (): boolean => {
  const { from, to, help } = parseArgs({
    options: { from: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean' } },
  }).values;
  if (help) say(usage);
  else if (from !== 'sqlite' || to !== 'mongodb') throw new TransferError(`Usage: ${usage}`);
  return !help;
};

const move = async (dataDir: string, url: string): Promise<void> => {
  const { client, where } = createMongoClient(url);
  await client.close();
  const from = openSqliteExport(dataDir);
  try {
    const to = await openMongoImport(url, pino({ level: 'silent' }));
    try {
      if (!(await transfer(from, to, say))) return;
      say(`All data is in the MongoDB database ${to.database}. The embedded store is unchanged.`);
      say(
        'Start the server with MONGODB_URL, and each replica with the same JWT_SECRET or DATA_DIR as before.',
      );
    } finally {
      await to.close();
    }
  } catch (error) {
    if (!(error instanceof MongoError)) throw error;
    throw new TransferError(
      `MongoDB at ${where} is unavailable (${reasonOf(error)}). Repair it and run this again; it continues.`,
    );
  } finally {
    await from.close();
  }
};

const expectedErrors = [TransferError, FileUnusable, StoreUnopened, MongoUrlUnusable, NewerMongoStore];

const isExpected = (error: unknown) =>
  expectedErrors.some((kind) => error instanceof kind) ||
  systemCode(error)?.startsWith('ERR_PARSE_ARGS') === true;

try {
  if (shouldMigrate()) {
    const { DATA_DIR, MONGODB_URL } = readEnvironment();
    const url = MONGODB_URL?.trim() ?? '';
    if (url === '')
      throw new TransferError('MONGODB_URL is not set. Set it to the database that the store moves to.');
    await move(DATA_DIR?.trim() || '.data', url);
  }
} catch (error) {
  const text = error instanceof Error ? (isExpected(error) ? error.message : error.stack) : String(error);
  process.stderr.write(`migrate-store: ${text}\n`);
  process.exitCode = 1;
}
