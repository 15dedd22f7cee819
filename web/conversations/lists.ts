import { ConnectionHandler, type RecordSourceSelectorProxy, ROOT_ID } from 'relay-runtime';

/** The connection of `ConversationList` without a search: the conversations in no folder. New ones are added at its top. */
export const listId = (): string =>
  ConnectionHandler.getConnectionID(ROOT_ID, 'ConversationList_conversations', {
    archived: false,
    unfiled: true,
  });

/** The connection of `FolderConversations`. */
export const folderListId = (folderId: string): string =>
  ConnectionHandler.getConnectionID(folderId, 'FolderConversations_conversations');

/**
 * Adds a conversation to the fetched list of its folder, or to the list of those in none. A list shows no conversation that
 * has left it, so nothing has to be removed.
 */
export const addToItsList = (store: RecordSourceSelectorProxy, conversationId: string): void => {
  const conversation = store.get(conversationId);
  if (!conversation) return;
  const folder = conversation.getLinkedRecord('folder');
  const list = store.get(folder ? folderListId(folder.getDataID()) : listId());
  if (!list) return;
  const edges = list.getLinkedRecords('edges') ?? [];
  if (edges.some((edge) => edge?.getLinkedRecord('node')?.getDataID() === conversationId)) return;
  const edge = ConnectionHandler.createEdge(store, list, conversation, 'ConversationEdge');
  ConnectionHandler.insertEdgeBefore(list, edge);
};
