/**
 * Returns the id of a conversation from its address, such as `https://host/chat/ID?search=word`, or from the id itself; null
 * if the text is empty.
 */
export const conversationIdIn = (text: string): string | null => {
  const [path = ''] = text.trim().split(/[?#]/);
  const id = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  // The last characters of an id, as an address has them.
  return id === '' ? null : id.replaceAll('%3D', '=');
};
