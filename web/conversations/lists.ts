import { ConnectionHandler, ROOT_ID } from 'relay-runtime';

/** The connection of `ConversationList`, without a search: the one that new conversations go on top of. */
export const listId = (archived = false): string =>
  ConnectionHandler.getConnectionID(ROOT_ID, 'ConversationList_conversations', { archived });
