import type { Page, PageRequest } from '../pages.ts';
import type { Conversation, ConversationFilter, ConversationKey, ConversationPatch } from './conversation.ts';

/** Conversations. Every method sees the rows of `ownerId` alone: another user's row is as good as absent. */
export interface ConversationStore {
  /** Inserting an id again changes nothing. */
  insert(conversation: Conversation): Promise<void>;
  find(ownerId: string, id: string): Promise<Conversation | null>;
  /** In the order of `ids`, null for those that are not there. */
  findMany(ownerId: string, ids: readonly string[]): Promise<readonly (Conversation | null)[]>;
  /** Ordered by pinned, then `updatedAt`, then id, all descending. A page costs the same wherever it is. */
  page(
    ownerId: string,
    page: PageRequest<ConversationKey>,
    filter: ConversationFilter,
  ): Promise<Page<Conversation>>;
  /** The row as it is after the change, or null where there is none. Fields that `patch` lacks stay. */
  update(ownerId: string, id: string, patch: ConversationPatch): Promise<Conversation | null>;
  /** With its messages and generations. True where there was one. */
  delete(ownerId: string, id: string): Promise<boolean>;
}
