import type { ConversationStore } from './store/store.ts';

export interface RemovalDeps {
  readonly conversations: Pick<ConversationStore, 'deleteUnlessHeld'>;
  /** Cancels the unfinished generations of a conversation. */
  readonly cancelUnfinished: (ownerId: string, conversationId: string) => Promise<void>;
  readonly attachments: {
    fileKeysOfConversation(ownerId: string, conversationId: string): Promise<readonly string[]>;
    /** Deletes the files that no attachment has any more. Never rejects. */
    deleteUnusedFiles(ownerId: string, keys: readonly string[]): Promise<void>;
  };
}

/**
 * Deletes a conversation with its messages and attachments. Cancels its unfinished generations. Resolves to false if a legal
 * hold covers it, also one that is placed meanwhile: then it stays.
 */
export const removeConversation = async (
  deps: RemovalDeps,
  ownerId: string,
  id: string,
): Promise<boolean> => {
  await deps.cancelUnfinished(ownerId, id);
  const files = await deps.attachments.fileKeysOfConversation(ownerId, id);
  if ((await deps.conversations.deleteUnlessHeld(ownerId, id)) === 'HELD') return false;
  await deps.attachments.deleteUnusedFiles(ownerId, files);
  return true;
};
