import { usageIdOf } from '../../api/usage/usage.ts';
import type { ExportedNoun, ExportedRows, SqliteExport } from './exportSqlite.ts';
import type { MongoImport } from './importMongo.ts';

/** A migration that can't start, or whose result is wrong. The message says why and what to do. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
}

/** A batch is written when it reaches one of these: rows, or UTF-16 units of their texts. They bound the memory used. */
const [batchRows, batchLength] = [500, 2_000_000];

/**
 * Ordered so that rows come after the rows they refer to. One-time links and unfinished uploads are not copied: create
 * those still needed again.
 */
const nouns: readonly ExportedNoun[] = [
  'users',
  'sessions',
  'apiKeys',
  'answerDefaults',
  'collections',
  'folders',
  'conversations',
  'attachments',
  'messages',
  'generations',
  'shares',
  'usage',
  'quotas',
  'presets',
  'holds',
  'dockerRequests',
  'healingAgents',
  'healings',
  'batches',
  'batchItems',
  'batchFiles',
  'batchFileParts',
  'auditAnchor',
  'auditEvents',
];

/**
 * Copies all rows from `from` to `to`, continuing an interrupted migration, and compares the numbers of rows at the end.
 * `say` gets a line for a person after each batch. Resolves to false, writing nothing, if the migration was complete before.
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
      `The MongoDB database ${to.database} already contains another installation: set MONGODB_URL to an empty database.`,
    );
  }
  if (start.is === 'finished') {
    say(
      `This installation was migrated to ${to.database} at ${start.at.toISOString()}. There is nothing to do.`,
    );
    return false;
  }
  if (start.again) say('The embedded store has changed since the interrupted migration: starting again.');
  else if (Object.keys(start.reached).length > 0) say('Continuing the interrupted migration.');

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
    // Sessions may have expired since the export began, and not been deleted yet.
    const at = noun === 'sessions' ? new Date() : now;
    const [source, copied] = [from.count(noun, at), await to.count(noun, at)];
    if (source !== copied) differences.push(`${copied} ${noun} instead of ${source}`);
  }
  if (differences.length === 0) return;
  throw new TransferError(
    `The MongoDB database ${to.database} has ${differences.join(', ')}: another process changes one of the two. Stop it, drop the database, and run this again.`,
  );
};

const idOf = (row: ExportedRows[ExportedNoun]): string => {
  if ('message' in row) return row.message.id;
  if ('attachment' in row) return row.attachment.id;
  return 'ownerId' in row && 'day' in row ? usageIdOf(row) : row.id;
};

const lengthOf = (row: ExportedRows[ExportedNoun]): number => {
  if ('message' in row) return row.message.content.length;
  if ('attachment' in row) return row.attachment.size + row.text.length;
  if ('batchId' in row) return JSON.stringify(row).length;
  if ('content' in row) return row.content.length;
  // With AUDIT_CONTENT=on, it contains prompts and answers.
  return 'details' in row ? JSON.stringify(row.details).length : 0;
};
