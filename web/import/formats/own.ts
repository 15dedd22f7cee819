import type { SourceConversation, SourceMessage } from './imported.ts';
import { asList, asObjects, asText, asTime, firstText, type Json } from './read.ts';

const roles: Readonly<Record<string, SourceMessage['role']>> = { USER: 'USER', ASSISTANT: 'ASSISTANT' };

const messageOf = (message: Json): SourceMessage => ({
  key: firstText(message.id),
  parentKey: asText(message.parentId),
  role: roles[firstText(message.role)] ?? 'OTHER',
  content: firstText(message.content),
  at: asTime(message.createdAt),
});

const readOwn = (conversation: Json, messages: readonly Json[]): SourceConversation => ({
  id: firstText(conversation.id),
  title: firstText(conversation.title),
  systemPrompt: asText(conversation.systemPrompt),
  tags: asList(conversation.tags).flatMap((tag) => asText(tag) ?? []),
  createdAt: asTime(conversation.createdAt),
  updatedAt: asTime(conversation.updatedAt),
  leafKey: asText(conversation.leafId),
  messages: messages.map(messageOf),
  attachments: 0,
});

/** Whether it is the file of one exported conversation. */
export const isOwn = ({ format }: Json): boolean => format === 'ziggie-conversation';

export const readOwnConversation = (file: Json): SourceConversation =>
  readOwn(file, asObjects(file.messages));

/** Whether it is the export of an account. */
export const isOwnAccount = ({ format }: Json): boolean => format === 'ziggie-llm-export';

export const readOwnAccount = (file: Json): readonly SourceConversation[] => {
  const messages = Map.groupBy(asObjects(file.messages), ({ conversationId }) => firstText(conversationId));
  return asObjects(file.conversations).map((conversation) =>
    readOwn(conversation, messages.get(firstText(conversation.id)) ?? []),
  );
};
