import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import { finishDeletions } from '../conversations/store/deletion.mongo.ts';
import { indexLeftMessages } from '../messages/terms.mongo.ts';
import type { Collections } from './collections.ts';
import { createIndexes } from './indexes.ts';
import { migrate } from './migrate.ts';

/**
 * What a start does before the database is used: brings the documents to this release's version, makes the indexes that
 * are missing, and finishes what a crash left half done. All of it may be done by several replicas at once, and while
 * others work.
 *
 * @throws NewerMongoStore
 */
export const prepare = async (database: Db, collections: Collections, log: Logger): Promise<void> => {
  const { from, to } = await migrate(database);
  if (from !== to) log.info({ database: database.databaseName, from, to }, 'store migrated');
  await createIndexes(collections);
  const deleted = await finishDeletions(collections);
  const indexed = await indexLeftMessages(collections);
  if (deleted + indexed > 0) log.info({ deleted, indexed }, 'store repaired after a crash');
};
