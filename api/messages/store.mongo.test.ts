import { collectionsOf } from '../mongo/collections.ts';
import {
  describeWithMongo,
  freshDatabaseName,
  openTemporaryMongoStores,
  withClient,
} from '../mongo/server.testing.ts';
import { messageDocumentOf } from './documents.mongo.ts';
import type { WriteRun } from './path.contract.ts';
import { describeMessageStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => {
  const databaseName = freshDatabaseName();

  /** Inserts in one batch the documents that the store would write. */
  const writeRun: WriteRun = async (_, run) => {
    const branchId = run[0]?.id ?? '';
    const messages = run.map((message, depth) => ({ ...message, branchId, depth }));
    const documents = messages.map((message) =>
      messageDocumentOf(message, message.depth === 0 ? { lineage: [] } : null),
    );
    await withClient((client) => collectionsOf(client.db(databaseName)).messages.insertMany(documents));
    return messages;
  };

  describeMessageStore(() => openTemporaryMongoStores(databaseName), writeRun);
});
