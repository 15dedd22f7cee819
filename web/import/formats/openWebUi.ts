import type { SourceConversation, SourceMessage } from './imported.ts';
import { asList, asObject, asObjects, asText, asTime, firstText, type Json } from './read.ts';

/** Whether it is a chat of Open WebUI's export. */
export const isOpenWebUi = (conversation: Json): boolean => {
  const chat = asObject(conversation.chat);
  return chat !== null && (asObject(chat.history) !== null || Array.isArray(chat.messages));
};

const roles: Readonly<Record<string, SourceMessage['role']>> = { user: 'USER', assistant: 'ASSISTANT' };

/** Thinking, which Open WebUI keeps inside of the text. */
const thinking = /<details type="reasoning"[\s\S]*?<\/details>\s*/g;

/** Reads a chat of Open WebUI: a tree by id, or a list in old exports. */
export const readOpenWebUi = (conversation: Json): SourceConversation => {
  const chat = asObject(conversation.chat) ?? {};
  const history = asObject(chat.history);
  const tree = Object.entries(asObject(history?.messages) ?? {}).flatMap(([key, value]) => {
    const message = asObject(value);
    return message ? [{ key, parentKey: asText(message.parentId), message }] : [];
  });
  const list = asObjects(chat.messages).map((message, index, all) => ({
    key: firstText(message.id) || `${index}`,
    parentKey: index === 0 ? null : firstText(all[index - 1]?.id) || `${index - 1}`,
    message,
  }));
  const messages = tree.length > 0 ? tree : list;
  return {
    id: firstText(conversation.id),
    title: firstText(conversation.title, chat.title),
    systemPrompt: asText(chat.system) ?? asText(asObject(chat.params)?.system),
    tags: asList(chat.tags ?? asObject(conversation.meta)?.tags).flatMap((tag) => asText(tag) ?? []),
    createdAt: asTime(conversation.created_at) ?? asTime(chat.timestamp),
    updatedAt: asTime(conversation.updated_at),
    leafKey: asText(history?.currentId),
    messages: messages.map(({ key, parentKey, message }) => ({
      key,
      parentKey,
      role: roles[firstText(message.role)] ?? 'OTHER',
      content: firstText(message.content).replace(thinking, ''),
      at: asTime(message.timestamp),
    })),
    attachments: messages.reduce((sum, { message }) => sum + asList(message.files).length, 0),
  };
};
