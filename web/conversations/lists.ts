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

/** The connection of `ConversationList` while it is filtered by a tag. */
const tagListId = (tag: string): string =>
  ConnectionHandler.getConnectionID(ROOT_ID, 'ConversationList_conversations', {
    archived: false,
    unfiled: false,
    tag,
  });

/**
 * Adds a conversation to the fetched lists of its folder (or of those in none) and of its tags. A list shows no conversation
 * that has left it, so nothing has to be removed.
 */
export const addToItsList = (store: RecordSourceSelectorProxy, conversationId: string): void => {
  const conversation = store.get(conversationId);
  if (!conversation || conversation.getValue('temporary') === true) return;
  const folder = conversation.getLinkedRecord('folder');
  const tags = conversation.getValue('tags');
  const ids = [
    folder ? folderListId(folder.getDataID()) : listId(),
    ...(Array.isArray(tags) ? tags : []).map((tag) => tagListId(String(tag))),
  ];
  for (const id of ids) {
    const list = store.get(id);
    const edges = list?.getLinkedRecords('edges') ?? [];
    if (!list || edges.some((edge) => edge?.getLinkedRecord('node')?.getDataID() === conversationId))
      continue;
    const edge = ConnectionHandler.createEdge(store, list, conversation, 'ConversationEdge');
    ConnectionHandler.insertEdgeBefore(list, edge);
  }
};
