import { usageIdOf } from '../../api/usage/usage.ts';
import type { ExportedNoun, ExportedRows, SqliteExport } from './exportSqlite.ts';
import type { MongoImport } from './importMongo.ts';

/** A move that can't be made, or did not come out right. The message says why and what to do. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
}

/** A batch is written at the first of these: rows, and UTF-16 units of their texts. They bound the memory it takes. */
const [batchRows, batchLength] = [500, 2_000_000];

/**
 * In this order, so that what refers to a row comes after it. Links that work once stay behind: they are made anew where
 * they are still wanted.
 */
const nouns: readonly ExportedNoun[] = [
  'users',
  'sessions',
  'apiKeys',
  'conversations',
  'messages',
  'generations',
  'usage',
  'quotas',
  'auditAnchor',
  'auditEvents',
];

/**
 * Moves all rows of `from` to `to`, going on where an earlier move was stopped, and compares how many there are at the
 * end. `say` gets a line for a person after each batch. False where it had been done before: then nothing is written.
 *
 * @throws TransferError
 */
export const transfer = async (
  from: SqliteExport,
  to: MongoImport,
  say: (line: string) => void,
): Promise<boolean> => {
  const now = new Date();
  const start = await to.begin(from.installation, from.state);
  if (start.is === 'occupied') {
    throw new TransferError(
      `The MongoDB database ${to.database} already holds an installation that is not this one: name an empty database in MONGODB_URL.`,
    );
  }
  if (start.is === 'finished') {
    say(
      `This installation was moved to ${to.database} at ${start.at.toISOString()}. There is nothing to do.`,
    );
    return false;
  }
  if (start.again) say('The embedded store has changed since the move that was stopped: beginning anew.');
  else if (Object.keys(start.reached).length > 0) say('Going on with the move that was stopped.');

  for (const noun of nouns) await moveRows(from, to, noun, start.reached[noun] ?? '', now, say);
  await compareCounts(from, to, now);
  await to.finish();
  return true;
};

const moveRows = async <Noun extends ExportedNoun>(
  from: SqliteExport,
  to: MongoImport,
  noun: Noun,
  reached: string,
  now: Date,
  say: (line: string) => void,
): Promise<void> => {
  const all = from.count(noun, now);
  let moved = await to.count(noun, now);
  let batch: ExportedRows[Noun][] = [];
  let length = 0;
  let lastId = reached;
  const flush = async () => {
    if (batch.length === 0) return;
    await to.write(noun, batch, lastId);
    moved += batch.length;
    say(`${noun}: ${Math.min(moved, all)} of ${all}`);
    batch = [];
    length = 0;
  };
  for await (const row of from.rows(noun, reached, now)) {
    batch.push(row);
    length += lengthOf(row);
    lastId = idOf(row);
    if (batch.length >= batchRows || length >= batchLength) await flush();
  }
  await flush();
};

const compareCounts = async (from: SqliteExport, to: MongoImport, now: Date): Promise<void> => {
  const differences: string[] = [];
  for (const noun of nouns) {
    // Some sessions may have ended meanwhile; the server need not have deleted them yet.
    const at = noun === 'sessions' ? new Date() : now;
    const [given, taken] = [from.count(noun, at), await to.count(noun, at)];
    if (given !== taken) differences.push(`${taken} ${noun} instead of ${given}`);
  }
  if (differences.length === 0) return;
  throw new TransferError(
    `The MongoDB database ${to.database} has ${differences.join(', ')}: something else writes or deletes in one of the two. Stop that, drop the database, and run this again.`,
  );
};

const idOf = (row: ExportedRows[ExportedNoun]): string => {
  if ('message' in row) return row.message.id;
  return 'ownerId' in row && 'day' in row ? usageIdOf(row) : row.id;
};

const lengthOf = (row: ExportedRows[ExportedNoun]): number => {
  if ('message' in row) return row.message.content.length;
  // Where AUDIT_CONTENT is on, prompts and answers are in it.
  return 'details' in row ? JSON.stringify(row.details).length : 0;
};
