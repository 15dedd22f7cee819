import { type PageRequest, pageSizeLimit, type TimeKey } from '../paging/pages.ts';
import type { Batch, BatchItem } from './batch.ts';
import type { BatchStore } from './store/store.ts';

/** Yields all batches of an owner, newest first, for the export of an account. */
export async function* batchesOf(store: BatchStore, ownerId: string): AsyncGenerator<Batch, void, undefined> {
  for (let after: TimeKey | null = null; ; ) {
    const { items, hasNextPage } = await store.page(ownerId, pageAfter(after));
    yield* items;
    after = items.at(-1) ?? null;
    if (!hasNextPage || after === null) return;
  }
}

/** Yields the inputs of all batches of an owner with their results. */
export async function* batchItemsOf(
  store: BatchStore,
  ownerId: string,
): AsyncGenerator<BatchItem, void, undefined> {
  for await (const { id } of batchesOf(store, ownerId)) {
    for (let after: TimeKey | null = null; ; ) {
      const { items, hasNextPage } = await store.items(ownerId, id, null, pageAfter(after));
      yield* items;
      after = items.at(-1) ?? null;
      if (!hasNextPage || after === null) break;
    }
  }
}

const pageAfter = (after: TimeKey | null): PageRequest<TimeKey> => ({
  direction: 'forward',
  size: pageSizeLimit,
  after,
  before: null,
});
