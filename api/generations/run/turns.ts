import type { ConversationStore } from '../../conversations/store/store.ts';
import type { Turn } from '../../conversations/turn.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { GenerationStore } from '../store/store.ts';

export interface TurnsDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
}

/**
 * Ends a turn that its writer has abandoned: completes it if its generation is there, else takes it back. A writer that
 * is alive after all finds its turn gone and takes back what it wrote. May be called by several replicas at once.
 */
export const settleTurn = async (
  deps: TurnsDeps,
  ownerId: string,
  conversationId: string,
  turn: Turn,
): Promise<void> => {
  const { generations, conversations } = deps;
  const isThere = async () =>
    (await generations.find(ownerId, turn.generationId))?.messageId === turn.answerId;
  if (await isThere()) {
    const end = { leafId: turn.answerId, from: turn.leafId };
    await conversations.endTurn(ownerId, conversationId, turn.id, end);
    return;
  }
  if (!(await conversations.endTurn(ownerId, conversationId, turn.id, null))) return;
  if (!(await isThere())) await removeMessages(deps, ownerId, conversationId, turn);
};

/** Takes back a turn whose generation was not written, or is another's. */
export const takeTurnBack = async (
  deps: TurnsDeps,
  ownerId: string,
  conversationId: string,
  turn: Turn,
): Promise<void> => {
  await deps.conversations.endTurn(ownerId, conversationId, turn.id, null);
  await removeMessages(deps, ownerId, conversationId, turn);
};

/** With the conversation, if it was made for this turn and has nothing else. */
const removeMessages = async (
  { messages, conversations }: TurnsDeps,
  ownerId: string,
  conversationId: string,
  { leafId, questionId, answerId, isNew }: Turn,
): Promise<void> => {
  const conversation = await conversations.find(ownerId, conversationId);
  // Its branch may have been selected meanwhile.
  if (conversation?.leafId === answerId || conversation?.leafId === questionId) {
    await conversations.update(ownerId, conversationId, { leafId });
  }
  await messages.remove(ownerId, answerId);
  if (questionId !== null) await messages.remove(ownerId, questionId);
  if (!isNew) return;
  const [roots, turns] = [
    await messages.children(ownerId, conversationId, null),
    await conversations.turnsOf(ownerId, conversationId),
  ];
  if (roots.length + turns.length === 0) await conversations.delete(ownerId, conversationId);
};
