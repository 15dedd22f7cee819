import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { MongoError } from 'mongodb';
import { pino } from 'pino';
import { mergeEnvironments } from '../../api/config/config.ts';
import { systemCode } from '../../api/errors/systemErrors.ts';
import { createMongoClient, MongoUrlUnusable } from '../../api/mongo/client.ts';
import { NewerMongoStore, reasonOf } from '../../api/mongo/errors.ts';
import { StoreUnopened } from '../../api/sqlite/errors.ts';
import { openSqliteExport } from './exportSqlite.ts';
import { openMongoImport } from './importMongo.ts';
import { TransferError, transfer } from './transfer.ts';

/** `npm run migrate-store -- --from sqlite --to mongodb`: moves an embedded installation to MongoDB. */

const usage = `npm run migrate-store -- --from sqlite --to mongodb
Moves what the embedded store in DATA_DIR (.data) holds to the empty MongoDB database that MONGODB_URL names. Stop the
server first. Stopped or failed, it can be run again, and goes on where it was.`;

const readEnvironment = () => {
  try {
    return mergeEnvironments(process.env, parseEnv(readFileSync('.env', 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return process.env;
    throw error;
  }
};

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Whether to move at all; not where only help was asked for. */
const isAskedToMove = (): boolean => {
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
      say(`All is in the MongoDB database ${to.database}. The embedded store is left as it was.`);
      say('Start the server with MONGODB_URL, and each replica with the JWT_SECRET or the DATA_DIR it had.');
    } finally {
      await to.close();
    }
  } catch (error) {
    if (!(error instanceof MongoError)) throw error;
    throw new TransferError(
      `MongoDB at ${where} can't be used (${reasonOf(error)}): see to it, and run this again; it goes on where it was.`,
    );
  } finally {
    await from.close();
  }
};

const foreseen = [TransferError, StoreUnopened, MongoUrlUnusable, NewerMongoStore];

const isForeseen = (error: unknown) =>
  foreseen.some((kind) => error instanceof kind) || systemCode(error)?.startsWith('ERR_PARSE_ARGS') === true;

try {
  if (isAskedToMove()) {
    const { DATA_DIR, MONGODB_URL } = readEnvironment();
    const url = MONGODB_URL?.trim() ?? '';
    if (url === '') throw new TransferError('MONGODB_URL is not set: it says where to move the store to.');
    await move(DATA_DIR?.trim() || '.data', url);
  }
} catch (error) {
  const text = error instanceof Error ? (isForeseen(error) ? error.message : error.stack) : String(error);
  process.stderr.write(`migrate-store: ${text}\n`);
  process.exitCode = 1;
}
