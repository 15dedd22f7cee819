import { createMongoClient, MongoUrlUnusable } from './client.ts';

describe('a MONGODB_URL', () => {
  it.each([
    ['mongodb://db.example', 'ziggie', 'db.example:27017'],
    ['mongodb://db.example/?replicaSet=rs0', 'ziggie', 'db.example:27017'],
    ['mongodb://user:p%40ss@a.example,b.example:27018/chats', 'chats', 'a.example:27017, b.example:27018'],
    ['mongodb+srv://user:pass@cluster.example/chats?w=majority', 'chats', 'cluster.example'],
  ])('such as %s names a database and hosts', async (url, database, where) => {
    const address = createMongoClient(url);
    expect(address).toMatchObject({ database, where });
    await address.client.close();
  });

  it('gets limits, a majority for writes and the primary for reads', () => {
    const { options } = createMongoClient('mongodb://db.example').client;
    expect(options).toMatchObject({ serverSelectionTimeoutMS: 4000, socketTimeoutMS: 8000, maxPoolSize: 50 });
    expect(options.writeConcern).toMatchObject({ w: 'majority', journal: true });
    expect(options.readPreference.mode).toBe('primary');
  });

  it('goes before the defaults where it says something itself', () => {
    const { options } = createMongoClient('mongodb://db.example/?maxpoolsize=7&retryWrites=false').client;
    expect(options).toMatchObject({ maxPoolSize: 7, retryWrites: false, retryReads: true });
  });

  it.each([
    'db.example:27017',
    'http://db.example',
    'mongodb://',
    'mongodb://user:secret@word@db.example',
    'mongodb://user:secret%@db.example',
    'mongodb://user:secret@db.example:99999',
    'mongodb://user:secret@db.example/?poolSize=5',
  ])('such as %s is refused in one line that keeps the secret', (url) => {
    const refusal = () => createMongoClient(url);
    expect(refusal).toThrow(MongoUrlUnusable);
    expect(refusal).toThrow(/^MONGODB_URL can't be used: [^\n]+$/);
    expect(refusal).not.toThrow(/secret/);
  });
});
