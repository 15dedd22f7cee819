import type { SourceConversation } from './imported.ts';
import { asList, asObject, asObjects, asText, asTime, firstText, type Json } from './read.ts';

/** Whether it is a conversation of LibreChat's JSON export. */
export const isLibreChat = (conversation: Json): boolean =>
  typeof conversation.conversationId === 'string' && Array.isArray(conversation.messages);

const textOf = (message: Json): string => {
  const text = firstText(message.text);
  if (text !== '') return text;
  const parts = asObjects(message.content).filter(({ type }) => type === 'text');
  return parts
    .map(({ text: part }) => asText(part) ?? firstText(asObject(part)?.value))
    .filter(Boolean)
    .join('\n\n');
};

/** Returns all messages of a recursive export, whose replies are in `children`. */
const flat = (messages: readonly Json[]): readonly Json[] => {
  const all: Json[] = [];
  const pending = messages.toReversed();
  for (let next = pending.pop(); next; next = pending.pop()) {
    all.push(next);
    for (const child of asObjects(next.children).toReversed()) pending.push(child);
  }
  return all;
};

/** Reads a conversation of LibreChat: a tree as a list, or with replies inside of messages. */
export const readLibreChat = (conversation: Json): SourceConversation => {
  const messages = flat(asObjects(conversation.messages));
  const options = asObject(conversation.options);
  return {
    id: firstText(conversation.conversationId),
    title: firstText(conversation.title, options?.title),
    systemPrompt: asText(options?.promptPrefix) ?? asText(options?.system),
    createdAt: asTime(options?.createdAt) ?? asTime(messages[0]?.createdAt),
    updatedAt: asTime(options?.updatedAt) ?? asTime(messages.at(-1)?.createdAt),
    messages: messages.map((message, index) => ({
      key: firstText(message.messageId) || `${index}`,
      parentKey: asText(message.parentMessageId),
      role: message.isCreatedByUser === true ? 'USER' : 'ASSISTANT',
      content: textOf(message),
      at: asTime(message.createdAt),
    })),
    attachments: messages.reduce(
      (sum, { files, attachments }) => sum + asList(files).length + asList(attachments).length,
      0,
    ),
  };
};
