import type { FinishReason, Generation, TokenUsage } from '../generation.ts';

/** A whole answer, to be given again to whoever asks the same. */
export interface CachedAnswer {
  readonly text: string;
  readonly thinking: string;
  readonly finishReason: FinishReason;
  readonly toolCalls: Generation['toolCalls'];
  /** What it took to compute it. */
  readonly usage: TokenUsage;
}

/** The generation that computes an answer others may wait for. */
export interface Leader {
  readonly id: string;
  readonly ownerId: string;
}

/**
 * Answers by what was asked (`cacheKey.ts`), for a while, and who is computing one now. It may forget any of it at any
 * time: then it is computed again. All of it rejects with `SERVICE_UNAVAILABLE` where the cache is unavailable.
 */
export interface ResponseCache {
  find(key: string): Promise<CachedAnswer | null>;
  /** Makes `leader` the one who computes the answer, unless another does; anyway where `force`d. Returns who does. */
  lead(key: string, leader: Leader, force: boolean): Promise<Leader>;
  /** Keeps the answer of the key that generation `id` leads, if any (null: there is none to keep), and gives up the lead. */
  settle(id: string, answer: CachedAnswer | null): Promise<void>;
  /** Nobody is to wait for `leaderId` any more: it has ended without an answer. */
  release(key: string, leaderId: string): Promise<void>;
}
