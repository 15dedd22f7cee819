import type { FinishReason, Generation, TokenUsage } from '../generation.ts';

/** A complete answer in the cache. */
export interface CachedAnswer {
  readonly text: string;
  readonly thinking: string;
  readonly finishReason: FinishReason;
  readonly toolCalls: Generation['toolCalls'];
  /** The usage of the run that computed it. */
  readonly usage: TokenUsage;
}

/** A generation that computes an answer which followers wait for. */
export interface Leader {
  readonly id: string;
  readonly ownerId: string;
}

/**
 * The response cache: answers by key (`key.ts`) until they expire, and the leader of each key that is being computed. It
 * may evict any entry at any time; the answer is computed again then. Every method rejects with `SERVICE_UNAVAILABLE` if
 * the cache is unavailable.
 */
export interface ResponseCache {
  /** Null on a miss. */
  find(key: string): Promise<CachedAnswer | null>;
  /** Makes `leader` the key's leader, unless it has one. `force` replaces that one. Returns the leader. */
  lead(key: string, leader: Leader, force: boolean): Promise<Leader>;
  /** Stores the answer of the key that generation `id` leads (null: not cacheable), and ends its lead. */
  settle(id: string, answer: CachedAnswer | null): Promise<void>;
  /** Ends the lead of `leaderId`, which has ended without an answer. */
  release(key: string, leaderId: string): Promise<void>;
}
