import type { SourceConversation } from './imported.ts';
import { asList, asObjects, asText, asTime, firstText, type Json } from './read.ts';

/** Whether it is a conversation of Claude's `conversations.json`. */
export const isClaude = (conversation: Json): boolean => Array.isArray(conversation.chat_messages);

const textOf = (message: Json): string => {
  const parts = asObjects(message.content).filter(({ type }) => type === 'text');
  const text = parts.map((part) => firstText(part.text)).join('\n\n');
  return text.trim() === '' ? firstText(message.text) : text;
};

/** Reads a conversation of Claude: a list, whose newer exports also have the parents of edited messages. */
export const readClaude = (conversation: Json): SourceConversation => {
  const messages = asObjects(conversation.chat_messages);
  const keys = messages.map((message, index) => firstText(message.uuid) || `${index}`);
  const known = new Set(keys);
  return {
    id: firstText(conversation.uuid),
    title: firstText(conversation.name),
    createdAt: asTime(conversation.created_at),
    updatedAt: asTime(conversation.updated_at),
    leafKey: asText(conversation.current_leaf_message_uuid),
    messages: messages.map((message, index) => {
      const parent = asText(message.parent_message_uuid);
      const before = keys[index - 1] ?? null;
      return {
        key: keys[index] ?? '',
        // The parent of a first message is an id that no message has.
        parentKey: parent === null ? before : known.has(parent) ? parent : null,
        role: message.sender === 'human' ? 'USER' : message.sender === 'assistant' ? 'ASSISTANT' : 'OTHER',
        content: textOf(message),
        at: asTime(message.created_at),
      };
    }),
    attachments: messages.reduce(
      (sum, { attachments, files }) => sum + asList(attachments).length + asList(files).length,
      0,
    ),
  };
};
