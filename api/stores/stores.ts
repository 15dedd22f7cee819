import type { AccountStore } from '../accounts/store/store.ts';
import type { ApiKeyStore } from '../apiKeys/store.ts';
import type { AuditStore } from '../audit/store/store.ts';
import type { ConversationStore } from '../conversations/store/store.ts';
import type { GenerationStore } from '../generations/store/store.ts';
import type { MessageStore } from '../messages/store.ts';
import type { StorageStore } from '../usage/storage/storage.ts';
import type { UsageStore } from '../usage/store/store.ts';

/** Everything that is kept, from one database. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly apiKeys: ApiKeyStore;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly generations: GenerationStore;
  readonly usage: UsageStore;
  readonly storage: StorageStore;
  readonly audit: AuditStore;
  /**
   * Resolves when calls get answers; until then they reject with `SERVICE_UNAVAILABLE`, `check` too. Rejects with a
   * `StartupError` where they never will, or where the stores are closed before.
   */
  ready(): Promise<void>;
  /** Throws where the database does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}
