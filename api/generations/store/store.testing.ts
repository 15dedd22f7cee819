import type { Conversation } from '../../conversations/conversation.ts';
import type { newGeneration } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Generation, TokenUsage } from '../generation.ts';

export const usage: TokenUsage = {
  promptTokens: 11,
  completionTokens: 22,
  tokensPerSecond: 33.5,
  timeToFirstTokenMs: 44.25,
  durationMs: 55,
};

/** What each part of the stores' contract works on. */
export interface OpenGenerations {
  readonly stores: Stores;
  /** A new one for each test. */
  readonly conversation: Conversation;
  /** Into `conversation`, where none is given. */
  insert(given?: Parameters<typeof newGeneration>[1], of?: Conversation): Promise<Generation>;
  /** Another conversation of the same owner. */
  sameConversation(): Promise<Conversation>;
}
