import type { Conversation } from '../../conversations/conversation.ts';
import type { newGeneration } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { ToolUse } from '../../tools/toolCall.ts';
import type { Generation, TokenUsage } from '../generation.ts';

export const usage: TokenUsage = {
  promptTokens: 11,
  completionTokens: 22,
  tokensPerSecond: 33.5,
  timeToFirstTokenMs: 44.25,
  durationMs: 55,
};

/** The fixture of the contract's parts. */
export interface OpenGenerations {
  readonly stores: Stores;
  /** New for each test. */
  readonly conversation: Conversation;
  /** Inserts a generation, by default into `conversation`. */
  insert(given?: Parameters<typeof newGeneration>[1], of?: Conversation): Promise<Generation>;
  /** Creates another conversation of the same owner. */
  sameConversation(): Promise<Conversation>;
}

/** Tools with a call, whose keys have a meaning for MongoDB. */
export const toolUse = {
  names: ['test_add'],
  apiKeyId: 'key',
  calls: [
    {
      id: '1.1',
      name: 'test_add',
      arguments: { $a: 1, 'b.c': [null] },
      round: 1,
      offset: 3,
      state: 'SUCCEEDED',
      isAllowed: false,
      result: '5',
      startedAt: '2026-01-02T03:04:05.678Z',
      finishedAt: '2026-01-02T03:04:06.789Z',
    },
  ],
} satisfies ToolUse;
