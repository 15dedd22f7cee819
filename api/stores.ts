import type { AccountStore } from './accounts/store.ts';
import type { ConversationStore } from './conversations/store.ts';
import type { GenerationStore } from './generations/store.ts';
import type { MessageStore } from './messages/store.ts';

/** Everything that is kept, from one database. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly generations: GenerationStore;
  /** Throws where the database does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}
