import type { SourceConversation, SourceFolder, SourceMessage } from './imported.ts';
import { asList, asObjects, asText, asTime, firstText, type Json } from './read.ts';

const roles: Readonly<Record<string, SourceMessage['role']>> = { USER: 'USER', ASSISTANT: 'ASSISTANT' };

const messageOf = (message: Json): SourceMessage => ({
  key: firstText(message.id),
  parentKey: asText(message.parentId),
  role: roles[firstText(message.role)] ?? 'OTHER',
  content: firstText(message.content),
  at: asTime(message.createdAt),
});

/** Returns the folder of a file, or null if it has no name. */
const folderOf = (folder: Json | undefined): SourceFolder | null => {
  const name = firstText(folder?.name);
  return name === '' ? null : { name, systemPrompt: asText(folder?.systemPrompt) };
};

const readOwn = (
  conversation: Json,
  messages: readonly Json[],
  folder: SourceFolder | null,
): SourceConversation => ({
  folder,
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
  readOwn(file, asObjects(file.messages), folderOf(asObjects([file.folder])[0]));

/** Whether it is the export of an account. */
export const isOwnAccount = ({ format }: Json): boolean => format === 'ziggie-llm-export';

export const readOwnAccount = (file: Json): readonly SourceConversation[] => {
  const messages = Map.groupBy(asObjects(file.messages), ({ conversationId }) => firstText(conversationId));
  const folders = new Map(asObjects(file.folders).map((folder) => [firstText(folder.id), folderOf(folder)]));
  return asObjects(file.conversations).map((conversation) =>
    readOwn(
      conversation,
      messages.get(firstText(conversation.id)) ?? [],
      folders.get(firstText(conversation.folderId)) ?? null,
    ),
  );
};
