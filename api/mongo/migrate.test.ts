import { type Db, MongoClient } from 'mongodb';
import { NewerMongoStore } from './errors.ts';
import { type Migration, migrate } from './migrate.ts';
import { describeWithMongo, freshDatabaseName, sharedMongoUrl } from './server.testing.ts';

describeWithMongo('migrations on MongoDB', () => {
  let client: MongoClient;
  let database: Db;
  beforeAll(() => {
    client = new MongoClient(sharedMongoUrl);
  });
  beforeEach(() => {
    database = client.db(freshDatabaseName());
  });
  afterEach(() => database.dropDatabase());
  afterAll(() => client.close());

  const first: Migration = { worksFrom: 1, run: async () => {} };
  /** Adds a field that the first release doesn't know and ignores. */
  const extending: Migration = {
    worksFrom: 1,
    async run(db) {
      await db.collection('notes').updateMany({ author: null }, { $set: { author: 'unknown' } });
    },
  };
  const breaking: Migration = { worksFrom: 3, run: async () => {} };
  const failing: Migration = { worksFrom: 1, run: () => Promise.reject(new Error('no disk left')) };

  const notes = () =>
    database
      .collection('notes')
      .find({}, { projection: { _id: 0 } })
      .toArray();

  it('run once each, in order', async () => {
    expect(await migrate(database, [first])).toEqual({ from: 0, to: 1 });
    await database.collection('notes').insertOne({ text: 'kept' });
    expect(await migrate(database, [first, extending])).toEqual({ from: 1, to: 2 });
    await database.collection('notes').insertOne({ text: 'later' });
    expect(await migrate(database, [first, extending])).toEqual({ from: 2, to: 2 });
    expect(await notes()).toEqual([{ text: 'kept', author: 'unknown' }, { text: 'later' }]);
  });

  it('continue with the one that failed', async () => {
    await expect(migrate(database, [first, failing])).rejects.toThrow('no disk left');
    expect(await migrate(database, [first, extending])).toEqual({ from: 1, to: 2 });
  });

  it('let a replica of the previous release start beside the new one', async () => {
    await migrate(database, [first, extending]);
    expect(await migrate(database, [first])).toEqual({ from: 2, to: 2 });
    expect(await migrate(database, [first, extending])).toEqual({ from: 2, to: 2 });
  });

  it('reject a release that can no longer use the documents, with one line', async () => {
    await migrate(database, [first, extending, breaking]);
    const refused = migrate(database, [first, extending]);
    await expect(refused).rejects.toThrow(NewerMongoStore);
    await expect(refused).rejects.toThrow(
      `The MongoDB database ${database.databaseName} was written by a newer release (version 3, and this one knows 2): run that release, or restore a backup made before it.`,
    );
  });

  it('may run on several replicas concurrently', async () => {
    await database.collection('notes').insertOne({ text: 'one' });
    await Promise.all(Array.from({ length: 6 }, () => migrate(database, [first, extending])));
    expect(await migrate(database, [first, extending])).toEqual({ from: 2, to: 2 });
    expect(await notes()).toEqual([{ text: 'one', author: 'unknown' }]);
  });
});
