import { mongoAuditStore } from '../../api/audit/store/store.mongo.ts';
import type { AuditStore } from '../../api/audit/store/store.ts';
import { createMongoClient } from '../../api/mongo/client.ts';
import { collectionsOf } from '../../api/mongo/collections.ts';

/** An audit log that is looked at, and not written, while replicas may be writing it. */
export interface AuditReader extends Pick<AuditStore, 'anchor' | 'chainAfter'> {
  close(): Promise<void>;
}

/**
 * The audit log in the database that `url` names; nothing in it is changed, its indexes neither.
 *
 * @throws MongoUrlUnusable; its methods throw the driver's own errors
 */
export const openMongoAuditReader = (url: string): AuditReader => {
  const { client, database } = createMongoClient(url);
  const collections = collectionsOf(client.db(database));
  const { anchor, chainAfter } = mongoAuditStore((question) => question(collections));
  return { anchor, chainAfter, close: () => client.close() };
};
