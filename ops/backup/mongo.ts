import { BSON, type ClientSession, type Db, type Document, MongoError } from 'mongodb';
import { verifyChain } from '../../api/audit/verify.ts';
import { createMongoClient } from '../../api/mongo/client.ts';
import { openMongoAuditReader } from '../audit/readAudit.mongo.ts';
import { type ArchiveRecord, BackupError } from './archive.ts';
import type { Restore } from './sqlite.ts';

/** A batch is written when it reaches one of these: documents, or bytes. */
const [batchDocuments, batchBytes] = [500, 8_000_000];
/** Reading all collections takes longer than the call of a server. */
const readOptions = { socketTimeoutMS: 120_000 };

const { EJSON, calculateObjectSize } = BSON;

const namesOf = async (database: Db): Promise<readonly string[]> => {
  const found = await database.listCollections({}, { nameOnly: true }).toArray();
  return found
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('system.'))
    .sort();
};

/** What others belong to: read last, so that without a snapshot nothing is in a backup without what it belongs to. */
const owners = ['conversations', 'users'];

const ownersLast = (names: readonly string[]): readonly string[] => [
  ...names.filter((name) => !owners.includes(name)),
  ...owners.filter((name) => names.includes(name)),
];

/** Codes of servers without snapshots: no replica set, or older than 5.0. */
const noSnapshot = new Set([20, 72, 246, 263]);

const isWithoutSnapshots = (error: unknown): boolean =>
  (error instanceof MongoError && noSnapshot.has(Number(error.code))) ||
  (error instanceof Error && /snapshot reads|sessions|replica set/i.test(error.message));

/** Resolves to whether the server can read all collections as of one time. */
const knowsSnapshots = async (database: Db, session: ClientSession): Promise<boolean> => {
  // Servers older than 4.4 don't know the command, nor snapshots.
  const hello = await database.command({ hello: 1 }).catch(() => ({}) as Document);
  if (hello.setName === undefined && hello.msg !== 'isdbgrid') return false;
  try {
    await database.collection('users').findOne({}, { session });
    return true;
  } catch (error) {
    if (isWithoutSnapshots(error)) return false;
    throw error;
  }
};

/**
 * Yields all documents of the database of `url`, as of one time. A server without snapshots (no replica set) is only read if
 * `inconsistent` allows it: documents written during the backup may be in it or not.
 *
 * @throws BackupError, also if the backup takes longer than MongoDB keeps snapshots
 */
export const dumpMongo = async function* (url: string, inconsistent: boolean): AsyncGenerator<ArchiveRecord> {
  const address = createMongoClient(url);
  const { client } = address;
  const database = client.db(address.database);
  const session = client.startSession({ snapshot: true });
  try {
    const isSnapshot = await knowsSnapshots(database, session);
    if (!isSnapshot && !inconsistent) {
      throw new BackupError(
        'MongoDB can read no snapshot, because it is no replica set. Stop the servers and add --inconsistent, or start MongoDB with --replSet as docker-compose.yml does.',
      );
    }
    for (const name of ownersLast(await namesOf(database))) {
      const options = { sort: { _id: 1 }, ...readOptions, ...(isSnapshot && { session }) } as const;
      for await (const document of database.collection(name).find({}, options)) {
        yield { collection: name, document: EJSON.serialize(document, { relaxed: false }) };
      }
    }
  } catch (error) {
    if (error instanceof MongoError && error.code === 239) {
      throw new BackupError(
        'The backup took longer than MongoDB keeps a snapshot. Raise minSnapshotHistoryWindowInSeconds (default 300) with setParameter.',
      );
    }
    throw error;
  } finally {
    await session.endSession().catch(() => {});
    await client.close();
  }
};

/** Throws `BackupError` if the chain of the audit log in the database of `url` is broken. */
export const checkMongo = async (url: string): Promise<void> => {
  const reader = openMongoAuditReader(url);
  try {
    const verdict = await verifyChain(reader);
    if (verdict.is === 'broken') {
      throw new BackupError(`The audit log is broken at entry ${verdict.seq}: ${verdict.why}.`);
    }
  } finally {
    await reader.close();
  }
};

/**
 * Restores into the database of `url`. With `replace`, drops what it contains once the archive's first record arrives.
 * Indexes are created by the next start of a server.
 *
 * @throws BackupError if the database isn't empty and `replace` is off, or the counts differ at the end
 */
export const openMongoRestore = async (url: string, replace: boolean): Promise<Restore> => {
  const address = createMongoClient(url);
  const { client } = address;
  const database = client.db(address.database);
  if (!replace && (await namesOf(database)).length > 0) {
    await client.close();
    throw new BackupError(
      `The database ${address.database} isn't empty. Restore into an empty one, or stop all servers and add --replace: it deletes what the database contains.`,
    );
  }
  let batch: Document[] = [];
  let bytes = 0;
  let current = '';
  let isBegun = false;
  const counts = new Map<string, number>();
  const flush = async () => {
    if (batch.length > 0) await database.collection(current).insertMany(batch, { ordered: false });
    batch = [];
    bytes = 0;
  };

  return {
    async write(record) {
      if ('file' in record) return;
      if (!isBegun && replace) await database.dropDatabase();
      isBegun = true;
      const { collection } = record;
      const document = EJSON.deserialize(record.document as Document) as Document;
      const size = calculateObjectSize(document);
      if (collection !== current || batch.length >= batchDocuments || bytes + size > batchBytes)
        await flush();
      current = collection;
      batch.push(document);
      bytes += size;
      counts.set(collection, (counts.get(collection) ?? 0) + 1);
    },
    async finish() {
      try {
        await flush();
        for (const [name, count] of counts) {
          const found = await database.collection(name).countDocuments();
          if (found === count) continue;
          throw new BackupError(
            `The database has ${found} ${name} instead of ${count}: a server writes to it. Stop all servers, and restore again with --replace.`,
          );
        }
        if (counts.size === 0) throw new BackupError('The backup contains no documents.');
        await checkMongo(url);
      } finally {
        await client.close();
      }
    },
    abort: () => client.close(),
  };
};
