import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import type { Collections } from './collections.ts';
import { createIndexes } from './indexes.ts';
import { migrate } from './migrate.ts';

/** Completes writes that a crash interrupted. Resolves to the number of repaired documents. */
export type Repair = (collections: Collections) => Promise<number>;

/**
 * Prepares the database at startup: migrates the documents to this release's version, creates missing indexes, and
 * completes writes that a crash interrupted. Several replicas may run it at once, while others serve requests.
 *
 * @throws NewerMongoStore
 */
export const prepare = async (
  database: Db,
  collections: Collections,
  repairs: readonly Repair[],
  log: Logger,
): Promise<void> => {
  const { from, to } = await migrate(database);
  if (from !== to) log.info({ database: database.databaseName, from, to }, 'store: migrated');
  await createIndexes(collections);
  let repaired = 0;
  for (const repair of repairs) repaired += await repair(collections);
  if (repaired > 0) log.info({ repaired }, 'store: repaired documents after a crash');
};
