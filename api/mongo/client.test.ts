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

  it('gets timeouts, majority writes and reads from the primary by default', () => {
    const { options } = createMongoClient('mongodb://db.example').client;
    expect(options).toMatchObject({ serverSelectionTimeoutMS: 4000, socketTimeoutMS: 8000, maxPoolSize: 50 });
    expect(options.writeConcern).toMatchObject({ w: 'majority', journal: true });
    expect(options.readPreference.mode).toBe('primary');
  });

  it('overrides the defaults', () => {
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
  ])('such as %s is rejected with one line that does not contain the password', (url) => {
    const create = () => createMongoClient(url);
    expect(create).toThrow(MongoUrlUnusable);
    expect(create).toThrow(/^MONGODB_URL can't be used: [^\n]+$/);
    expect(create).not.toThrow(/secret/);
  });
});
