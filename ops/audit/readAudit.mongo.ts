import { mongoAuditStore } from '../../api/audit/store/store.mongo.ts';
import type { AuditStore } from '../../api/audit/store/store.ts';
import { createMongoClient } from '../../api/mongo/client.ts';
import { collectionsOf } from '../../api/mongo/collections.ts';

/** A read-only audit log; replicas may write to it at the same time. */
export interface AuditReader extends Pick<AuditStore, 'anchor' | 'chainAfter'> {
  close(): Promise<void>;
}

/**
 * Opens the audit log in the database of `url`, without changing anything, indexes included.
 *
 * @throws MongoUrlUnusable; its methods throw the driver's own errors
 */
export const openMongoAuditReader = (url: string): AuditReader => {
  const { client, database: name } = createMongoClient(url);
  const database = client.db(name);
  const collections = collectionsOf(database);
  const { anchor, chainAfter } = mongoAuditStore((question) => question(collections, database));
  return { anchor, chainAfter, close: () => client.close() };
};
