import type { Db } from 'mongodb';
import { isMissing, NewerMongoStore } from './errors.ts';

/**
 * One version of the documents. Replicas of the release before it may be running while it runs and after it, and two
 * may run it at once: so `run` can be repeated, and ends with documents that both releases can use. What the older
 * one can't use (a field taken away) comes one release later, in a step with a higher `worksFrom`.
 */
export interface Migration {
  /** The oldest version whose replicas work with what this step leaves behind. */
  readonly worksFrom: number;
  run(database: Db): Promise<void>;
}

const listsById = [
  ['sessions', 'of_user_in_order'],
  ['links', 'invites'],
  ['apiKeys', 'of_user_in_order'],
  ['messages', 'of_conversation'],
  ['messages', 'search'],
  ['generations', 'of_owner'],
] as const;

/** In order. One that was released is never changed, only followed by another. The first is that there are documents. */
const migrations: readonly Migration[] = [
  { worksFrom: 1, run: async () => {} },
  // Sessions are read in their order now; the index that was for finding them alone has no reader left.
  { worksFrom: 1, run: (database) => dropIndex(database, 'sessions', 'of_user') },
  // Lists are in the order of time, then of ids; these were in the order of ids alone.
  {
    worksFrom: 1,
    async run(database) {
      for (const [collection, name] of listsById) await dropIndex(database, collection, name);
    },
  },
];

/** Also where there is no such index, or no such collection yet. */
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
 * Brings the documents to this release's version; those of a newer release are left alone. Returns the versions it went
 * from and to.
 *
 * @throws NewerMongoStore where a newer release says that this one can't work with its documents
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
    // The greatest wins, whatever the order in which replicas come to this line.
    const { worksFrom: oldest } = step;
    await schema.updateOne({ _id: 'schema' }, { $max: { version, worksFrom: oldest } }, { upsert: true });
  }
  return { from, to: Math.max(from, steps.length) };
};
