import { type Document, MongoClient } from 'mongodb';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { openMongoStores } from '../stores/stores.mongo.ts';
import type { Stores } from '../stores/stores.ts';

/** The URL of the shared MongoDB server. Each test uses its own database there. */
export const sharedMongoUrl = process.env.MONGODB_URL ?? '';

/** Calls `describe`, or skips the suite if there is no MongoDB; its title then gives the reason. */
export const describeWithMongo = (name: string, body: () => void): void =>
  sharedMongoUrl === ''
    ? describe.skip(`${name} (skipped: MONGODB_URL is not set)`, body)
    : describe(name, body);

export const silent = pino({ level: 'silent' });

export const freshDatabaseName = (): string => `test_${ulid()}`;

/** Runs an operation on the shared server, without the stores. */
export const withClient = async <Reply>(
  operation: (client: MongoClient) => Promise<Reply>,
): Promise<Reply> => {
  const client = new MongoClient(sharedMongoUrl);
  try {
    return await operation(client);
  } finally {
    await client.close();
  }
};

/** Resolves to whether there is a server that supports this command of its `admin` database. */
export const serverKnows = async (command: Document): Promise<boolean> => {
  if (sharedMongoUrl === '') return false;
  return withClient((client) =>
    client
      .db('admin')
      .command(command)
      .then(
        () => true,
        () => false,
      ),
  );
};

/** Opens stores in a new database, which `close` drops. */
export const openTemporaryMongoStores = async (databaseName = freshDatabaseName()): Promise<Stores> => {
  const stores = await openMongoStores({ url: sharedMongoUrl, log: silent, databaseName });
  await stores.ready();
  // The contract writes documents that have already expired; the server must not delete them during the test.
  await withClient(async (client) => {
    for (const name of ['sessions', 'links'])
      await client.db(databaseName).collection(name).dropIndex('expiry');
  });
  return {
    ...stores,
    async close() {
      await stores.close();
      await withClient((client) => client.db(databaseName).dropDatabase());
    },
  };
};
