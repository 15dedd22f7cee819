import type { ConversationStore } from './store/store.ts';

export interface RemovalDeps {
  readonly conversations: Pick<ConversationStore, 'delete'>;
  /** Cancels the unfinished generations of a conversation. */
  readonly cancelUnfinished: (ownerId: string, conversationId: string) => Promise<void>;
  readonly attachments: {
    fileKeysOfConversation(ownerId: string, conversationId: string): Promise<readonly string[]>;
    /** Deletes the files that no attachment has any more. Never rejects. */
    deleteUnusedFiles(ownerId: string, keys: readonly string[]): Promise<void>;
  };
}

/** Deletes a conversation with its messages and attachments. Cancels its unfinished generations. */
export const removeConversation = async (deps: RemovalDeps, ownerId: string, id: string): Promise<void> => {
  await deps.cancelUnfinished(ownerId, id);
  const files = await deps.attachments.fileKeysOfConversation(ownerId, id);
  await deps.conversations.delete(ownerId, id);
  await deps.attachments.deleteUnusedFiles(ownerId, files);
};
