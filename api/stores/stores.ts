import type { AccountStore } from '../accounts/store/store.ts';
import type { AnswerDefaultsStore } from '../answerDefaults/store/store.ts';
import type { ApiKeyStore } from '../apiKeys/store.ts';
import type { AttachmentFiles } from '../attachments/files/files.ts';
import type { PassageStore } from '../attachments/passages/store/store.ts';
import type { AttachmentStore } from '../attachments/store/store.ts';
import type { AuditStore } from '../audit/store/store.ts';
import type { BatchFileStore } from '../batches/files/store/store.ts';
import type { BatchStore } from '../batches/store/store.ts';
import type { CollectionStore } from '../collections/store/store.ts';
import type { ConversationStore } from '../conversations/store/store.ts';
import type { DockerRequestStore } from '../docker/store/store.ts';
import type { FolderStore } from '../folders/store/store.ts';
import type { GenerationStore } from '../generations/store/store.ts';
import type { HealingStore } from '../healing/store/store.ts';
import type { HoldStore } from '../holds/store.ts';
import type { MessageStore } from '../messages/store.ts';
import type { PresetStore } from '../presets/store/store.ts';
import type { ShareStore } from '../shares/store.ts';
import type { StorageStore } from '../usage/storage/storage.ts';
import type { UsageStore } from '../usage/store/store.ts';

/** The stores of all nouns, in one database. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly apiKeys: ApiKeyStore;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly generations: GenerationStore;
  readonly folders: FolderStore;
  readonly collections: CollectionStore;
  readonly answerDefaults: AnswerDefaultsStore;
  readonly shares: ShareStore;
  readonly usage: UsageStore;
  readonly storage: StorageStore;
  readonly attachments: AttachmentStore;
  readonly attachmentFiles: AttachmentFiles;
  /** Rejects if the bucket of files is unavailable. Absent: they are in the store. */
  readonly checkFiles?: () => Promise<void>;
  readonly passages: PassageStore;
  readonly audit: AuditStore;
  readonly presets: PresetStore;
  readonly holds: HoldStore;
  readonly dockerRequests: DockerRequestStore;
  readonly healings: HealingStore;
  readonly batches: BatchStore;
  readonly batchFiles: BatchFileStore;
  /**
   * Resolves when the stores are ready. Until then all calls reject with `SERVICE_UNAVAILABLE`, including `check`.
   * Rejects with a `StartupError` if they can never become ready, and also if they are closed before they are ready.
   */
  ready(): Promise<void>;
  /** Throws if the database doesn't respond. */
  check(): Promise<void>;
  close(): Promise<void>;
}
