import { ConnectionHandler } from 'relay-runtime';

/** The connection that `ConversationView` shows of a conversation. */
export const messagesId = (conversationId: string): string =>
  ConnectionHandler.getConnectionID(conversationId, 'ConversationView_messages');
