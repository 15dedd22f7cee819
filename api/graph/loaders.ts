import DataLoader from 'dataloader';
import type { LoaderScope } from './context.ts';

/** Keys of one batch. */
const maxBatchSize = 100;

/** Creates a loader that reads rows in batches. It doesn't cache. */
export const createLoader = <Key, Row>(
  readMany: (keys: readonly Key[]) => Promise<readonly Row[]>,
): DataLoader<Key, Row> => new DataLoader((keys) => readMany(keys), { cache: false, maxBatchSize });

/** Creates a loader of rows by id, whose size counts towards the limit of the operation's answer. */
export const createRowLoader = <Row>(
  { meter }: LoaderScope,
  findMany: (ids: readonly string[]) => Promise<readonly (Row | null)[]>,
): DataLoader<string, Row | null> => createLoader((ids) => meter.read(() => findMany(ids)));
