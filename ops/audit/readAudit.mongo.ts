import { mongoAuditStore } from '../../api/audit/store/store.mongo.ts';
import type { AuditStore } from '../../api/audit/store/store.ts';
import { createMongoClient } from '../../api/mongo/client.ts';
import { collectionsOf } from '../../api/mongo/collections.ts';

/** A read-only view of an audit log that replicas may be writing. */
export interface AuditReader extends Pick<AuditStore, 'anchor' | 'chainAfter'> {
  close(): Promise<void>;
}

/**
 * Opens the audit log in the database of `url`. Changes nothing, not even indexes.
 *
 * @throws MongoUrlUnusable; its methods throw the driver's own errors
 */
export const openMongoAuditReader = (url: string): AuditReader => {
  const { client, database } = createMongoClient(url);
  const collections = collectionsOf(client.db(database));
  const { anchor, chainAfter } = mongoAuditStore((operation) => operation(collections));
  return { anchor, chainAfter, close: () => client.close() };
};
