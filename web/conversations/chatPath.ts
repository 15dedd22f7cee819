/** Returns the path of a conversation. Ids are opaque and may contain characters that need escaping in a path. */
export const chatPath = (id: string): string => `/chat/${encodeURIComponent(id)}`;
