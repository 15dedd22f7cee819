/** Returns the path of a conversation. Ids are opaque and may contain characters that need escaping in a path. */
export const chatPath = (id: string): string => `/chat/${encodeURIComponent(id)}`;

/** Returns the path of a message in its conversation. The words of the search that found it are highlighted. */
export const messagePath = (conversationId: string, messageId: string, words: string): string =>
  `${chatPath(conversationId)}?${new URLSearchParams({ message: messageId, ...(words && { words }) })}`;
