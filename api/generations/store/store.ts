import type { Page, PageRequest, TimeKey } from '../../paging/pages.ts';
import type {
  ActiveGeneration,
  ActivityKey,
  Generation,
  GenerationPatch,
  GenerationStatus,
} from '../generation.ts';

/** Generations. Methods that take `ownerId` see that user's rows alone; `…AnyOwner…` is for workers, repair and
 * administrators. */
export interface GenerationStore {
  /**
   * Adds a generation. Where the owner already has one with this `idempotencyKey`, or this id is there, nothing is
   * written and that one is returned; else the one given. Throws `NOT_FOUND` where its conversation is deleted.
   */
  insert(generation: Generation): Promise<Generation>;
  find(ownerId: string, id: string): Promise<Generation | null>;
  findMany(ownerId: string, ids: readonly string[]): Promise<readonly (Generation | null)[]>;
  findByIdempotencyKey(ownerId: string, key: string): Promise<Generation | null>;
  /** Those that are not final, oldest first. */
  unfinishedOfConversation(ownerId: string, conversationId: string): Promise<readonly Generation[]>;
  /** Those that are not final, oldest first; at most 100. */
  unfinishedOfOwner(ownerId: string): Promise<readonly Generation[]>;
  /** The oldest first. */
  pageOfOwner(ownerId: string, page: PageRequest<TimeKey>): Promise<Page<Generation>>;
  /** Takes back one whose turn could not be written to its end. */
  remove(ownerId: string, id: string): Promise<void>;
  /** Those in conversations go with them; this is for the others too. */
  deleteOfOwner(ownerId: string): Promise<void>;
  findAnyOwner(id: string): Promise<Generation | null>;
  /** Those that are not final, of all users, the oldest first: for administrators. */
  activeAnyOwner(page: PageRequest<ActivityKey>): Promise<Page<ActiveGeneration>>;
  /** All that are not final, oldest first: what a start after a crash looks through. */
  unfinishedAnyOwner(): Promise<readonly Generation[]>;
  /**
   * Changes the row if its status is one of `from`, and its attempt `attempt` where that is given, in one atomic step.
   * The row as it is after, or null where there is none such: so of two that would end a generation, one does.
   */
  transition(
    id: string,
    from: readonly GenerationStatus[],
    patch: GenerationPatch,
    attempt?: number,
  ): Promise<Generation | null>;
  /** Sums over the generations of a conversation. */
  usageOfConversation(
    ownerId: string,
    conversationId: string,
  ): Promise<{
    readonly promptTokens: number;
    readonly completionTokens: number;
    readonly durationMs: number;
  }>;
}
