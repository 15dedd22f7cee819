import { type Document, MongoClient } from 'mongodb';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { openMongoStores } from '../stores/stores.mongo.ts';
import type { Stores } from '../stores/stores.ts';

/** For tests: the address of a real server that is shared; each test has a database of its own there. */
export const sharedMongoUrl = process.env.MONGODB_URL ?? '';

/** `describe`, or a skipped one where there is no MongoDB; its title then says why. */
export const describeWithMongo = (name: string, body: () => void): void =>
  sharedMongoUrl === ''
    ? describe.skip(`${name} (skipped: MONGODB_URL is not set)`, body)
    : describe(name, body);

export const silent = pino({ level: 'silent' });

export const freshDatabaseName = (): string => `test_${ulid()}`;

/** Asks the shared server something outside of the stores. */
export const withClient = async <Reply>(
  question: (client: MongoClient) => Promise<Reply>,
): Promise<Reply> => {
  const client = new MongoClient(sharedMongoUrl);
  try {
    return await question(client);
  } finally {
    await client.close();
  }
};

/** Whether there is a server, and it takes this command of its `admin` database. */
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

/** Stores in a database of their own, gone when they are closed. */
export const openTemporaryMongoStores = async (databaseName = freshDatabaseName()): Promise<Stores> => {
  const stores = await openMongoStores({ url: sharedMongoUrl, log: silent, databaseName });
  await stores.ready();
  // What the contract writes ends at hours long past, and the server must not delete it before it is asked to.
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
