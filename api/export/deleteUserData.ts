import type { AnswerDefaultsStore } from '../answerDefaults/store/store.ts';
import type { AttachmentCleanup } from '../attachments/cleanup.ts';
import type { BatchFileStore } from '../batches/files/store/store.ts';
import type { BatchStore } from '../batches/store/store.ts';
import type { CollectionStore } from '../collections/store/store.ts';
import type { ConversationStore } from '../conversations/store/store.ts';
import type { DockerRequestStore } from '../docker/store/store.ts';
import type { FolderStore } from '../folders/store/store.ts';
import type { Generation } from '../generations/generation.ts';
import type { GenerationStore } from '../generations/store/store.ts';
import type { HealingStore } from '../healing/store/store.ts';
import { pageSizeLimit } from '../paging/pages.ts';
import type { PresetStore } from '../presets/store/store.ts';
import type { StorageStore } from '../usage/storage/storage.ts';
import type { UsageStore } from '../usage/store/store.ts';

export interface CancelDeps {
  readonly generations: GenerationStore;
  /** Cancels a generation. Resolves to its new state. */
  readonly cancel: (owner: { readonly user: { readonly id: string } }, id: string) => Promise<Generation>;
}

export interface DeleteUserDataDeps extends CancelDeps {
  readonly conversations: ConversationStore;
  readonly attachmentCleanup: Pick<AttachmentCleanup, 'deleteOfOwner'>;
  readonly usage: UsageStore;
  readonly storage: Pick<StorageStore, 'deleteOfOwner'>;
  readonly presets: Pick<PresetStore, 'deleteOfOwner'>;
  readonly folders: Pick<FolderStore, 'deleteOfOwner'>;
  readonly collections: Pick<CollectionStore, 'deleteOfOwner'>;
  readonly answerDefaults: Pick<AnswerDefaultsStore, 'deleteOfOwner'>;
  readonly dockerRequests: Pick<DockerRequestStore, 'deleteOfOwner'>;
  readonly healings: Pick<HealingStore, 'deleteOfOwner'>;
  readonly batches: Pick<BatchStore, 'deleteOfOwner'>;
  readonly batchFiles: Pick<BatchFileStore, 'deleteOfOwner'>;
}

/** Cancels all queued and running generations of a user, on all replicas. */
export const cancelUserGenerations = async (
  { generations, cancel }: CancelDeps,
  ownerId: string,
): Promise<void> => {
  for (;;) {
    const unfinished = await generations.unfinishedOfOwner(ownerId);
    if (unfinished.length === 0) return;
    let ended = 0;
    for (const { id } of unfinished) {
      const { status } = await cancel({ user: { id: ownerId } }, id);
      if (status !== 'QUEUED' && status !== 'RUNNING') ended += 1;
    }
    // A worker that doesn't react stops once its generation is deleted.
    if (ended === 0) return;
  }
};

/**
 * Deletes the data of a user: cancels unfinished generations, then deletes conversations with their messages,
 * generations, attachments, usage, presets, folders, collections, defaults, Docker requests, agents with their healings, batches and
 * the count of stored bytes. Idempotent; after an interruption, another call completes it.
 */
export const deleteUserData = async (deps: DeleteUserDataDeps, ownerId: string): Promise<void> => {
  const { conversations, generations } = deps;
  // First, so that no runner starts another answer.
  await deps.batches.deleteOfOwner(ownerId);
  await cancelUserGenerations(deps, ownerId);
  // Before the conversations: with their attachments, the keys of the files would be deleted.
  await deps.attachmentCleanup.deleteOfOwner(ownerId);
  const first = { direction: 'forward', size: pageSizeLimit, after: null, before: null } as const;
  const every = [false, true].flatMap((archived) =>
    [false, true].map((temporary) => ({ archived, temporary })),
  );
  for (const kind of every) {
    for (;;) {
      const filter = { ...kind, tag: null, search: null };
      const { items } = await conversations.page(ownerId, first, filter);
      if (items.length === 0) break;
      // Of a request that was admitted before the deletion: with its row, nobody would end its journal entry if its worker died.
      await cancelUserGenerations(deps, ownerId);
      let deleted = 0;
      for (const { id } of items) if (await conversations.delete(ownerId, id)) deleted += 1;
      if (deleted === 0) break;
    }
  }
  await cancelUserGenerations(deps, ownerId);
  await generations.deleteOfOwner(ownerId);
  await deps.usage.deleteOfOwner(ownerId);
  await deps.presets.deleteOfOwner(ownerId);
  await deps.folders.deleteOfOwner(ownerId);
  await deps.collections.deleteOfOwner(ownerId);
  await deps.answerDefaults.deleteOfOwner(ownerId);
  await deps.dockerRequests.deleteOfOwner(ownerId);
  await deps.healings.deleteOfOwner(ownerId);
  await deps.batchFiles.deleteOfOwner(ownerId);
  await deps.storage.deleteOfOwner(ownerId);
};
