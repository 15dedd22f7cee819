import { type PageRequest, pageSizeLimit, type TimeKey } from '../paging/pages.ts';
import type { Batch, BatchItem } from './batch.ts';
import type { BatchFileStore } from './files/store/store.ts';
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

/** Yields the uploaded files of an owner with their texts. */
export async function* batchFilesOf(
  store: BatchFileStore,
  ownerId: string,
): AsyncGenerator<object, void, undefined> {
  for (const file of await store.ofOwner(ownerId)) {
    const parts: string[] = [];
    for (let part = await store.part(ownerId, file.id, 0); part !== null; ) {
      parts.push(part);
      part = await store.part(ownerId, file.id, parts.length);
    }
    yield { ...file, text: parts.join('') };
  }
}

const pageAfter = (after: TimeKey | null): PageRequest<TimeKey> => ({
  direction: 'forward',
  size: pageSizeLimit,
  after,
  before: null,
});
