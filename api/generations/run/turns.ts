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
 * Finishes a turn that its writer abandoned: completes it if its generation exists, else rolls it back. A writer that is
 * still alive finds the turn removed and rolls back what it wrote. Several replicas may call this at once.
 */
export const finishAbandonedTurn = async (
  deps: TurnsDeps,
  ownerId: string,
  conversationId: string,
  turn: Turn,
): Promise<void> => {
  const { generations, conversations } = deps;
  const hasGeneration = async () =>
    (await generations.find(ownerId, turn.generationId))?.messageId === turn.answerId;
  if (await hasGeneration()) {
    const end = { leafId: turn.answerId, from: turn.leafId };
    await conversations.endTurn(ownerId, conversationId, turn.id, end);
    return;
  }
  if (!(await conversations.endTurn(ownerId, conversationId, turn.id, null))) return;
  if (!(await hasGeneration())) await removeMessages(deps, ownerId, conversationId, turn);
};

/** Rolls back a turn whose generation wasn't written, or belongs to another turn. */
export const rollBackTurn = async (
  deps: TurnsDeps,
  ownerId: string,
  conversationId: string,
  turn: Turn,
): Promise<void> => {
  await deps.conversations.endTurn(ownerId, conversationId, turn.id, null);
  await removeMessages(deps, ownerId, conversationId, turn);
};

/** Removes a turn's messages, and its conversation if that was created for the turn and has nothing else. */
export const removeMessages = async (
  { messages, conversations }: TurnsDeps,
  ownerId: string,
  conversationId: string,
  { leafId, questionId, answerId, isNew }: Pick<Turn, 'leafId' | 'questionId' | 'answerId' | 'isNew'>,
): Promise<void> => {
  const conversation = await conversations.find(ownerId, conversationId);
  // The user may have selected its branch already.
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
