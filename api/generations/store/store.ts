import type { OwnedAmounts } from '../../budgets/holdingSource.ts';
import type { Page, PageRequest, TimeKey } from '../../paging/pages.ts';
import type { ToolCall } from '../../tools/toolCall.ts';
import type {
  ActiveGeneration,
  ActivityKey,
  Generation,
  GenerationPatch,
  GenerationStatus,
  UnfinishedGeneration,
} from '../generation.ts';

/**
 * The generations. Methods that take `ownerId` see only that user's rows; `…AnyOwner…` is for workers, recovery and
 * administrators.
 */
export interface GenerationStore {
  /**
   * Adds a generation and returns it. If the owner has one with this `idempotencyKey` or id already, writes nothing and
   * returns that one. Throws `NOT_FOUND` if the conversation is deleted.
   */
  insert(generation: Generation): Promise<Generation>;
  find(ownerId: string, id: string): Promise<Generation | null>;
  /**
   * Returns the generations in the order of `ids`, null for absent ones. Their prompts aren't loaded (`prompt` is null):
   * that of a stored answer may be megabytes.
   */
  findMany(ownerId: string, ids: readonly string[]): Promise<readonly (Generation | null)[]>;
  findByIdempotencyKey(ownerId: string, key: string): Promise<Generation | null>;
  /** Returns the generations that aren't final, oldest first. */
  unfinishedOfConversation(ownerId: string, conversationId: string): Promise<readonly UnfinishedGeneration[]>;
  /** Returns which of the conversations have generations that aren't final. */
  unfinishedConversations(ownerId: string, conversationIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns the generations that aren't final, oldest first; at most 100. */
  unfinishedOfOwner(ownerId: string): Promise<readonly UnfinishedGeneration[]>;
  /** Returns a page, oldest first. */
  pageOfOwner(ownerId: string, page: PageRequest<TimeKey>): Promise<Page<Generation>>;
  /** Removes a generation whose turn was rolled back. */
  remove(ownerId: string, id: string): Promise<void>;
  /** Deletes all generations of a user, including those outside of conversations. */
  deleteOfOwner(ownerId: string): Promise<void>;
  findAnyOwner(id: string): Promise<Generation | null>;
  /** Returns a page of all users' generations that aren't final, oldest first. For administrators. */
  activeAnyOwner(page: PageRequest<ActivityKey>): Promise<Page<ActiveGeneration>>;
  /** Returns how many generations that aren't final each user has: the `max` largest numbers, and the sum of all. */
  unfinishedPerOwner(max: number): Promise<OwnedAmounts>;
  /** Returns all users' generations that aren't final, oldest first. For recovery. */
  unfinishedAnyOwner(): Promise<readonly UnfinishedGeneration[]>;
  /**
   * Changes the row if its status is one of `from` and its attempt is `attempt` (if given), in one atomic step. Returns the
   * changed row, else null: of two workers that would end a generation, only one does. A final status ends the calls of tools
   * that have not ended (`callsAtEnd`). While a generation runs, `toolUse` changes no call that waits or has ended.
   */
  transition(
    id: string,
    from: readonly GenerationStatus[],
    patch: GenerationPatch,
    attempt?: number,
  ): Promise<Generation | null>;
  /**
   * Changes a call of tools of a running generation if it is `WAITING`, in one atomic step. Returns the changed row, else null:
   * of two decisions, only one counts. Also returns null if `decidedAt` is given and the call's `decideBefore` has passed then.
   */
  changeWaitingCall(
    ownerId: string,
    id: string,
    callId: string,
    patch: Partial<ToolCall>,
    decidedAt?: Date,
  ): Promise<Generation | null>;
  /** Returns the sums over the generations of a conversation. */
  usageOfConversation(
    ownerId: string,
    conversationId: string,
  ): Promise<{
    readonly promptTokens: number;
    readonly completionTokens: number;
    readonly durationMs: number;
  }>;
}
