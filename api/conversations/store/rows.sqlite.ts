import {
  type Columns,
  date,
  defined,
  encodeDate,
  encodeFlag,
  encodeJson,
  flag,
  json,
  type Row,
  text,
  textOrNull,
} from '../../sqlite/columns.ts';
import type { Conversation, ConversationPatch, GenerationOptions } from '../conversation.ts';
import type { Turn } from '../turn.ts';

export const columnsOf = (
  conversation: Omit<Partial<Conversation>, 'expiresAt'> & ConversationPatch,
): Columns =>
  defined({
    id: conversation.id,
    owner_id: conversation.ownerId,
    title: conversation.title,
    auto_titled: encodeFlag(conversation.autoTitled),
    model: conversation.model,
    system_prompt: conversation.systemPrompt,
    options: encodeJson(conversation.options),
    pinned: encodeFlag(conversation.pinned),
    archived: encodeFlag(conversation.archived),
    tags: encodeJson(conversation.tags),
    folder_id: conversation.folderId,
    collection_ids: encodeJson(conversation.collectionIds),
    leaf_id: conversation.leafId,
    created_at: encodeDate(conversation.createdAt),
    updated_at: encodeDate(conversation.updatedAt),
    expires_at: encodeDate(conversation.expiresAt),
  });

export const conversationOf = (row: Row): Conversation => ({
  id: text(row, 'id'),
  ownerId: text(row, 'owner_id'),
  title: text(row, 'title'),
  autoTitled: flag(row, 'auto_titled'),
  model: textOrNull(row, 'model'),
  systemPrompt: textOrNull(row, 'system_prompt'),
  options: json<GenerationOptions>(row, 'options'),
  pinned: flag(row, 'pinned'),
  archived: flag(row, 'archived'),
  tags: json<readonly string[]>(row, 'tags'),
  folderId: textOrNull(row, 'folder_id'),
  collectionIds: json<readonly string[]>(row, 'collection_ids'),
  leafId: textOrNull(row, 'leaf_id'),
  createdAt: date(row, 'created_at'),
  updatedAt: date(row, 'updated_at'),
  ...(row.expires_at !== null && { expiresAt: date(row, 'expires_at') }),
});

/** Selects the ids of the temporary conversations of `:ownerId`. */
export const temporaryOfOwner =
  'SELECT id FROM conversations WHERE owner_id = :ownerId AND expires_at IS NOT NULL';

export const turnsColumn = (turns: readonly Turn[]) => ({ turns: JSON.stringify(turns) });

export const turnsOf = (row: Row): readonly Turn[] =>
  json<readonly (Omit<Turn, 'startedAt'> & { readonly startedAt: string })[]>(row, 'turns').map((turn) => ({
    ...turn,
    startedAt: new Date(turn.startedAt),
  }));
