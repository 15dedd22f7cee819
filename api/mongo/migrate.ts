import type { Db } from 'mongodb';
import { isMissing, NewerMongoStore } from './errors.ts';

/**
 * A migration to the next version of the documents. Replicas of the previous release may run during and after it, and
 * two replicas may run it at once. So `run` is idempotent, and both releases can use its result. A change that the
 * previous release can't use, such as a removed field, comes one release later, with a higher `worksFrom`.
 */
export interface Migration {
  /** The oldest version whose replicas can use the documents after this migration. */
  readonly worksFrom: number;
  run(database: Db): Promise<void>;
}

/** Indexes for lists ordered only by id. */
const indexesById = [
  ['sessions', 'of_user_in_order'],
  ['links', 'invites'],
  ['apiKeys', 'of_user_in_order'],
  ['messages', 'of_conversation'],
  ['messages', 'search'],
  ['generations', 'of_owner'],
] as const;

/** All migrations, in order. A released one is never changed; append a new one instead. The first changes nothing. */
const migrations: readonly Migration[] = [
  { worksFrom: 1, run: async () => {} },
  // Sessions are read in order since then, so the old index is unused.
  { worksFrom: 1, run: (database) => dropIndex(database, 'sessions', 'of_user') },
  // Lists are ordered by time, then id.
  {
    worksFrom: 1,
    async run(database) {
      for (const [collection, name] of indexesById) await dropIndex(database, collection, name);
    },
  },
];

/** Drops an index. Does nothing if the index or the collection doesn't exist. */
const dropIndex = async (database: Db, collection: string, name: string): Promise<void> => {
  try {
    await database.collection(collection).dropIndex(name);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
};

interface SchemaDocument {
  readonly _id: 'schema';
  readonly version: number;
  readonly worksFrom: number;
}

/**
 * Migrates the documents to this release's version; leaves documents of a newer release unchanged. Returns the versions
 * before and after.
 *
 * @throws NewerMongoStore if a newer release has made the documents unusable for this one
 */
export const migrate = async (
  database: Db,
  steps: readonly Migration[] = migrations,
): Promise<{ readonly from: number; readonly to: number }> => {
  const schema = database.collection<SchemaDocument>('schema');
  const { version: from, worksFrom } = (await schema.findOne({ _id: 'schema' })) ?? {
    version: 0,
    worksFrom: 0,
  };
  if (worksFrom > steps.length) {
    throw new NewerMongoStore(
      `The MongoDB database ${database.databaseName} was written by a newer release (version ${from}, and this one knows ${steps.length}): run that release, or restore a backup made before it.`,
    );
  }
  for (const [at, step] of steps.entries()) {
    const version = at + 1;
    if (version <= from) continue;
    await step.run(database);
    // $max, so that the order of concurrent replicas doesn't matter.
    const { worksFrom: oldest } = step;
    await schema.updateOne({ _id: 'schema' }, { $max: { version, worksFrom: oldest } }, { upsert: true });
  }
  return { from, to: Math.max(from, steps.length) };
};
