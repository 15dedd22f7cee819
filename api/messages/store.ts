import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { ContentAppend, ContentAuthor, Message, NewMessage, Rating } from './message.ts';

/** Stores the message trees of conversations. Every method sees only the rows of `ownerId`. */
export interface MessageStore {
  /**
   * Adds a message under its parent. The first child continues the parent's branch, a further one starts a new branch.
   * Concurrent inserts under one parent all succeed, as siblings. Returns null if the conversation or the parent is
   * absent. Inserting an id again changes nothing and returns the existing row.
   */
  insert(message: NewMessage): Promise<Message | null>;
  find(ownerId: string, id: string): Promise<Message | null>;
  findMany(ownerId: string, ids: readonly string[]): Promise<readonly (Message | null)[]>;
  /**
   * Returns a page of the path from the root to `leafId`, root first, keyed by depth. A page costs the same at any
   * position. Empty if the leaf is absent. Has fewer messages than requested if they are too large together (`maxPageLength`).
   */
  path(ownerId: string, leafId: string, page: PageRequest<number>): Promise<Page<Message>>;
  /**
   * Returns up to `size` (1 to 100) messages of all branches of a conversation, parents before their children: the
   * first ones, or those after `afterId` (none if it is absent). Returns fewer, but at least one, if they are too large
   * together.
   */
  ofConversation(
    ownerId: string,
    conversationId: string,
    afterId: string | null,
    size: number,
  ): Promise<readonly Message[]>;
  /** Returns the number of messages of a conversation, of all branches. */
  count(ownerId: string, conversationId: string): Promise<number>;
  /**
   * Returns a page of the owner's messages that have all words of `search` (`search/terms.ts`), newest first. Empty for
   * a search without words.
   */
  search(ownerId: string, search: string, page: PageRequest<TimeKey>): Promise<Page<Message>>;
  /**
   * Returns the children of `parentId` (null: the roots), oldest first, at most 100. Throws `TOO_COMPLEX` if they are too
   * large together, as `findMany` does.
   */
  children(ownerId: string, conversationId: string, parentId: string | null): Promise<readonly Message[]>;
  /** Returns the leaf that is reached from `id` by following the newest child: `id` itself if it has no children. */
  newestLeaf(ownerId: string, id: string): Promise<string | null>;
  /**
   * Fences off attempts below `author.attempt`, in one atomic step. Returns the message as it was just before. Returns
   * null if the owner has no such message of this generation, or if a higher attempt has fenced it.
   */
  fence(ownerId: string, id: string, author: ContentAuthor): Promise<Message | null>;
  /**
   * Replaces the content and fences it as `fence` does, in one atomic step. Resolves to false and changes nothing if
   * the owner has no such message of this generation, or if a higher attempt has fenced it.
   */
  setContent(ownerId: string, id: string, author: ContentAuthor, content: string): Promise<boolean>;
  /**
   * Appends to the contents of several answers in one step, and returns which ones. Each append is atomic. It is made only if
   * exactly this attempt wrote or fenced the content last, or none has and it is empty, and if the content is as long as
   * `offset` says: so one that arrives twice or late changes nothing. `setContent` decides where it isn't made. The caller
   * makes no append after the end of a generation, so the content isn't indexed here.
   */
  appendContents(appends: readonly ContentAppend[]): Promise<readonly boolean[]>;
  /** Sets the rating of a message; null removes it. Resolves to whether the owner has the message. */
  rate(ownerId: string, id: string, rating: Rating | null): Promise<boolean>;
  /** Deletes a message without children. Resolves to false if it is absent or has children. */
  remove(ownerId: string, id: string): Promise<boolean>;
}
