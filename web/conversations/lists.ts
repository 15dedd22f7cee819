import { ConnectionHandler, ROOT_ID } from 'relay-runtime';

/** The connection of `ConversationList` without a search: new conversations are added at its top. */
export const listId = (archived = false): string =>
  ConnectionHandler.getConnectionID(ROOT_ID, 'ConversationList_conversations', { archived });
