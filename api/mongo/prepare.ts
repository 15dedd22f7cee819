import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import type { Collections } from './collections.ts';
import { createIndexes } from './indexes.ts';
import { migrate } from './migrate.ts';

/** Completes what a crash left half done. Resolves to the number of documents that were repaired. */
export type Repair = (collections: Collections) => Promise<number>;

/**
 * What a start does before the database is used: brings the documents to this release's version, makes the indexes that
 * are missing, and finishes what a crash left half done. All of it may be done by several replicas at once, and while
 * others work.
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
  if (from !== to) log.info({ database: database.databaseName, from, to }, 'store migrated');
  await createIndexes(collections);
  let repaired = 0;
  for (const repair of repairs) repaired += await repair(collections);
  if (repaired > 0) log.info({ repaired }, 'store repaired after a crash');
};
