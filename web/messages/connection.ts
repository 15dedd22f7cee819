import { ConnectionHandler } from 'relay-runtime';

/** The connection of messages that `ConversationView` shows. */
export const messagesId = (conversationId: string): string =>
  ConnectionHandler.getConnectionID(conversationId, 'ConversationView_messages');
