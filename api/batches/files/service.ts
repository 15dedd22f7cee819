import { setImmediate as nextIteration } from 'node:timers/promises';
import { demand, may } from '../../access/permissions.ts';
import type { Viewer } from '../../access/viewer.ts';
import { badInput, Failure, notFound, unauthenticated } from '../../errors/failures.ts';
import type { Ids } from '../../process/ids.ts';
import { rowBytes } from '../../usage/storage/storage.ts';
import type { StorageQuotas } from '../../usage/storage/storageQuotas.ts';
import { linesOf, objectOf, textOfFile } from '../inputs/parse.ts';
import { type BatchFile, batchFileLimits } from './file.ts';
import type { BatchFileStore } from './store/store.ts';

/** The uploaded files with requests for batches of OpenAI's API. They are their owner's only. */
export interface BatchFiles {
  /** Throws `BAD_USER_INPUT` that names an invalid line, `QUOTA_EXCEEDED`, and `CONFLICT` for too many files. */
  upload(viewer: Viewer, name: string, bytes: Uint8Array): Promise<BatchFile>;
  /** Throws `NOT_FOUND`. */
  find(viewer: Viewer, id: string): Promise<BatchFile>;
  /** Returns all files of the viewer, newest first: at most 100. */
  list(viewer: Viewer): Promise<readonly BatchFile[]>;
  /** Yields the text in parts. Throws `NOT_FOUND`. */
  parts(viewer: Viewer, id: string): AsyncGenerator<string, void, undefined>;
  /** Deletes a file. Batches that were started from it go on. Throws `NOT_FOUND`. */
  delete(viewer: Viewer, id: string): Promise<BatchFile>;
}

export interface BatchFilesDeps {
  readonly store: BatchFileStore;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'>;
  /** Throws `CONFLICT` if all data of the user is under a legal hold. */
  readonly checkDeletable: (ownerId: string) => Promise<void>;
  /** Whether the data of a user is being deleted, or was. */
  readonly isDeleted: (userId: string) => Promise<boolean>;
  readonly ids: Ids;
  readonly clock: () => Date;
}

/** The time after which other work gets a turn, in ms. */
const taskMs = 10;

export const createBatchFiles = (deps: BatchFilesDeps): BatchFiles => {
  const { store, storageQuotas, ids, clock } = deps;

  const find = async (viewer: Viewer, id: string): Promise<BatchFile> => {
    demand(viewer, 'read');
    const file = await store.find(viewer.user.id, id);
    if (!file) throw notFound('file');
    return file;
  };

  return {
    async upload(viewer, name, bytes) {
      demand(viewer, 'generate');
      const { user } = viewer;
      await storageQuotas.checkRate(user);
      const text = textOfFile(bytes);
      await checkLines(text);
      const file: BatchFile = {
        id: ids.next(),
        ownerId: user.id,
        name: name.slice(0, batchFileLimits.name),
        bytes: bytes.byteLength,
        createdAt: clock(),
      };
      return storageQuotas.withReservation(user, rowBytes.batch + bytes.byteLength, async () => {
        const of = { fileId: file.id, ownerId: user.id, createdAt: file.createdAt };
        let number = 0;
        for (const content of partsOf(text)) {
          await store.addPart({ ...of, number, content });
          number += 1;
          await nextIteration();
        }
        const isInserted = await store.insert(file, batchFileLimits.kept);
        // The deletion of the user may have missed what was written since.
        if (await deps.isDeleted(user.id)) {
          await store.delete(user.id, file.id);
          throw unauthenticated();
        }
        if (isInserted) return file;
        throw new Failure('CONFLICT', `You have ${batchFileLimits.kept} files, the maximum. Delete one.`);
      });
    },

    find,

    async list(viewer) {
      demand(viewer, 'read');
      return store.ofOwner(viewer.user.id);
    },

    async *parts(viewer, id) {
      // A key that may only generate can start a batch of its file.
      demand(viewer, may(viewer, 'read') ? 'read' : 'generate');
      const file = await store.find(viewer.user.id, id);
      if (!file) throw notFound('file');
      const { ownerId } = file;
      for (let number = 0; ; number += 1) {
        const part = await store.part(ownerId, id, number);
        if (part === null) return;
        yield part;
      }
    },

    async delete(viewer, id) {
      demand(viewer, 'generate');
      const file = await store.find(viewer.user.id, id);
      if (!file) throw notFound('file');
      await deps.checkDeletable(file.ownerId);
      if (!(await store.delete(file.ownerId, id))) throw notFound('file');
      return file;
    },
  };
};

/** Throws `BAD_USER_INPUT` for a line that is no JSON object. */
const checkLines = async (text: string): Promise<void> => {
  let isEmpty = true;
  let startedAt = performance.now();
  for (const { line, number } of linesOf(text)) {
    objectOf(line, number);
    isEmpty = false;
    if (performance.now() - startedAt < taskMs) continue;
    await nextIteration();
    startedAt = performance.now();
  }
  if (isEmpty) throw badInput('file', 'The file has no lines. Write one JSON object per line.');
};

/** Splits a text, but no character. */
function* partsOf(text: string): Generator<string, void, undefined> {
  for (let from = 0; from < text.length; ) {
    const last = from + batchFileLimits.part;
    const isSplit = /[\uD800-\uDBFF]/.test(text.charAt(last - 1));
    const to = isSplit ? last - 1 : last;
    yield text.slice(from, to);
    from = to;
  }
}
