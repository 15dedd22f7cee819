import type { Page, PageRequest } from '../../paging/pages.ts';
import type {
  Conversation,
  ConversationFilter,
  ConversationKey,
  ConversationPatch,
  ExpiredConversation,
  TagUse,
} from '../conversation.ts';
import type { OpenTurn, Turn, TurnEnd } from '../turn.ts';
import type { TitleStore } from './titles.ts';

/** A conversation and its last change: the position in a list by age. */
export type ConversationAge = Pick<Conversation, 'id' | 'updatedAt'>;

/**
 * Stores conversations. Every method sees only the rows of `ownerId` and treats another user's row as absent, except
 * `…AnyOwner` and `claimTitle`, which workers use. A `folderId` that is none of the owner's folders is stored as
 * null.
 */
export interface ConversationStore extends TitleStore {
  /** Inserting an id again changes nothing. `turn` is the turn that the conversation is created for. */
  insert(conversation: Conversation, turn?: Turn): Promise<void>;
  find(ownerId: string, id: string): Promise<Conversation | null>;
  /** Returns rows in the order of `ids`, null for absent ones. */
  findMany(ownerId: string, ids: readonly string[]): Promise<readonly (Conversation | null)[]>;
  /** Orders by pinned, `updatedAt` and id, all descending. A page costs the same at any position. */
  page(
    ownerId: string,
    page: PageRequest<ConversationKey>,
    filter: ConversationFilter,
  ): Promise<Page<Conversation>>;
  /** Returns the tags of the owner's conversations without temporary ones, those of most conversations first, at most `limit`. */
  tagsOf(ownerId: string, limit: number): Promise<readonly TagUse[]>;
  /** Returns the row after the change, or null if it is absent. Fields that `patch` lacks stay unchanged. */
  update(ownerId: string, id: string, patch: ConversationPatch): Promise<Conversation | null>;
  /**
   * Adds a turn, in one atomic step. Resolves to false and changes nothing if the conversation is absent. With
   * `isExclusive` also if its leaf is no longer `turn.leafId`, or if another generation has an open turn: of several
   * concurrent prompts after one leaf, only one succeeds.
   */
  beginTurn(ownerId: string, id: string, turn: Turn, isExclusive: boolean): Promise<boolean>;
  /**
   * Ends a turn and applies `end` (null: no change), in one atomic step. Returns the conversation afterwards. Returns
   * null and changes nothing if there is no such turn, because another process has undone it.
   */
  endTurn(ownerId: string, id: string, turnId: string, end: TurnEnd | null): Promise<Conversation | null>;
  /** Returns the open turns of one conversation, oldest first. */
  turnsOf(ownerId: string, id: string): Promise<readonly Turn[]>;
  /** Returns open turns of all users that began before `before`, of at most 100 conversations. */
  openTurnsAnyOwner(before: Date): Promise<readonly OpenTurn[]>;
  /** Returns the owner's conversations that were last changed before `before`, oldest first, at most `limit`. */
  unchangedSince(
    ownerId: string,
    before: Date,
    after: ConversationAge | null,
    limit: number,
  ): Promise<readonly ConversationAge[]>;
  /** Moves the expiry of a temporary conversation. Null and no change if it is kept or absent. */
  renew(ownerId: string, id: string, expiresAt: Date): Promise<Conversation | null>;
  /** Returns temporary conversations of all users that expire by `now`, by expiry and id, at most `limit`. For the sweep. */
  expiredAnyOwner(
    now: Date,
    after: ExpiredConversation | null,
    limit: number,
  ): Promise<readonly ExpiredConversation[]>;
  /** Deletes a conversation with its messages and generations. Resolves to whether it existed. */
  delete(ownerId: string, id: string): Promise<boolean>;
  /**
   * Like `delete`, unless a legal hold covers the conversation. A hold that is placed at the same time either keeps the
   * conversation, or is stored while `find` no longer finds it.
   */
  deleteUnlessHeld(ownerId: string, id: string): Promise<'DELETED' | 'HELD' | 'ABSENT'>;
}
