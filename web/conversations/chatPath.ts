/** The address of a conversation. Ids are opaque, and may hold characters that a path gives a meaning to. */
export const chatPath = (id: string): string => `/chat/${encodeURIComponent(id)}`;
