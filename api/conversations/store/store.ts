import type { Page, PageRequest } from '../../paging/pages.ts';
import type {
  Conversation,
  ConversationFilter,
  ConversationKey,
  ConversationPatch,
} from '../conversation.ts';
import type { OpenTurn, Turn, TurnEnd } from '../turn.ts';

/**
 * Conversations. Every method sees the rows of `ownerId` alone: another user's row is as good as absent.
 * `openTurnsAnyOwner` is for recovery.
 */
export interface ConversationStore {
  /** Inserting an id again changes nothing. `turn`: the one that the conversation is made for. */
  insert(conversation: Conversation, turn?: Turn): Promise<void>;
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
  /**
   * Adds a turn, in one atomic step. False, and nothing changed, where the conversation isn't there; if `isExclusive`,
   * also where its leaf is no longer `turn.leafId` or it has an open turn of another generation: so of several prompts
   * that would follow one leaf, one does.
   */
  beginTurn(ownerId: string, id: string, turn: Turn, isExclusive: boolean): Promise<boolean>;
  /**
   * Ends a turn, and moves the leaf as `end` says (null: not at all), in one atomic step. The conversation as it is
   * afterwards; null, and nothing changed, where it has no such turn: another process has taken the turn back.
   */
  endTurn(ownerId: string, id: string, turnId: string, end: TurnEnd | null): Promise<Conversation | null>;
  /** Open turns of one conversation, in the order in which they began. */
  turnsOf(ownerId: string, id: string): Promise<readonly Turn[]>;
  /** Open turns of all users that began before `before`; those of at most 100 conversations. */
  openTurnsAnyOwner(before: Date): Promise<readonly OpenTurn[]>;
  /** With its messages and generations. True where there was one. */
  delete(ownerId: string, id: string): Promise<boolean>;
}
