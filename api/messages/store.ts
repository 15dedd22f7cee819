import type { Page, PageRequest } from '../paging/pages.ts';
import type { ContentAuthor, Message, NewMessage } from './message.ts';

/** The trees of messages. Every method sees the rows of `ownerId` alone. */
export interface MessageStore {
  /**
   * Adds a message under its parent. The first child of a parent goes on in the parent's branch, a further one opens a
   * new branch; two inserts at once under one parent both succeed, as siblings. Null where the conversation or the
   * parent is not there. Inserting an id again changes nothing and returns the row that is there.
   */
  insert(message: NewMessage): Promise<Message | null>;
  find(ownerId: string, id: string): Promise<Message | null>;
  findMany(ownerId: string, ids: readonly string[]): Promise<readonly (Message | null)[]>;
  /**
   * The path from the root to `leafId`, root first, keyed by depth. A page costs the same at the start, in the middle
   * and at the end. Empty where the leaf is not there.
   */
  path(ownerId: string, leafId: string, page: PageRequest<number>): Promise<Page<Message>>;
  /**
   * Every version of a conversation's messages, `size` of them (1 to 100), parents before their children: the first
   * ones, or those that come after `afterId` (none where that is not there).
   */
  ofConversation(
    ownerId: string,
    conversationId: string,
    afterId: string | null,
    size: number,
  ): Promise<readonly Message[]>;
  /** The children of `parentId` (null: the roots), oldest first; at most 100. */
  children(ownerId: string, conversationId: string, parentId: string | null): Promise<readonly Message[]>;
  /** The deepest end reached from `id` by always taking the newest child. `id` itself where it has none. */
  newestLeaf(ownerId: string, id: string): Promise<string | null>;
  /**
   * Keeps attempts below `author.attempt` from writing the content, in one atomic step. Returns the message as it was
   * right before. Null where the owner has no such message of this generation, or a higher attempt has fenced it.
   */
  fence(ownerId: string, id: string, author: ContentAuthor): Promise<Message | null>;
  /**
   * Replaces the content, and fences it as `fence` does, in one atomic step. False, and nothing is changed, where the
   * owner has no such message of this generation, or a higher attempt has fenced it.
   */
  setContent(ownerId: string, id: string, author: ContentAuthor, content: string): Promise<boolean>;
  /** Deletes a message that has no children. False where it is not there, or has some. */
  remove(ownerId: string, id: string): Promise<boolean>;
}
