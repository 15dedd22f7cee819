import { estimateTokens } from '../engine/estimate.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { newConversation, newMessage } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import { noAttachments } from './generations.testing.ts';
import { measureContext } from './prompt.ts';

describe('the context that a conversation uses', () => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await openTemporaryStores();
  });
  afterAll(() => stores.close());

  const signal = new AbortController().signal;
  const engine = (limit: number | null) => ({
    measure: async (_model: string, messages: Parameters<typeof estimateTokens>[0]) => ({
      tokens: estimateTokens(messages),
      exact: false,
      limit,
    }),
  });

  /** Stores a conversation of `count` messages of 400 characters, which the estimate counts as 98 tokens. */
  const converse = async (count: number) => {
    const conversation = newConversation();
    await stores.conversations.insert(conversation);
    const path: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const message = newMessage(conversation, {
        parentId: path.at(-1) ?? null,
        role: index % 2 === 0 ? 'USER' : 'ASSISTANT',
        content: 'word '.repeat(80),
      });
      await stores.messages.insert(message);
      path.push(message.id);
    }
    const measure = (limit: number | null) =>
      measureContext(
        { engine: engine(limit), messages: stores.messages, promptAttachments: noAttachments },
        { ...conversation, leafId: path.at(-1) ?? null },
        'm',
        signal,
      );
    return { path, measure };
  };

  it('is that of all messages while they fit, or without a limit', async () => {
    const { measure } = await converse(4);
    expect(await measure(2_048)).toEqual({ usedTokens: 392, maxTokens: 1_536, firstMessage: null });
    expect(await measure(null)).toEqual({ usedTokens: 392, maxTokens: null, firstMessage: null });
  });

  it('begins at the oldest question that fits beside an answer', async () => {
    const { path, measure } = await converse(20);
    const { usedTokens, maxTokens, firstMessage } = await measure(1_000);
    expect(maxTokens).toBe(750);
    expect(usedTokens).toBeLessThanOrEqual(750);
    expect(firstMessage?.role).toBe('USER');
    expect(path.indexOf(firstMessage?.id ?? '')).toBeGreaterThan(12);
  });

  it('is empty without messages', async () => {
    const { measure } = await converse(0);
    expect(await measure(1_000)).toEqual({ usedTokens: 0, maxTokens: 750, firstMessage: null });
  });
});
