import { answerDefaultsId } from '../answerDefaults/answerDefaults.ts';
import type { AnswerDefaultsStore } from '../answerDefaults/store/store.ts';
import type { Conversation, GenerationOptions } from '../conversations/conversation.ts';
import type { FolderStore } from '../folders/store/store.ts';
import type { Ids } from '../process/ids.ts';

/** What an answer is generated with. */
export interface AnswerSettings {
  /** Empty or null: none. */
  readonly systemPrompt: string | null;
  readonly options: GenerationOptions;
}

/** What a conversation inherits. */
export interface InheritedSettings extends AnswerSettings {
  /** The collections of its folder. */
  readonly collectionIds: readonly string[];
}

/**
 * The settings of a conversation's answers. Its own come first, then its folder's system prompt, then its owner's defaults
 * for the model, then those for all models. What all of them lack is up to the model.
 */
export interface SettingsReader {
  /** Returns what applies where the conversation has no settings of its own. `model` is a full name; null: unknown. */
  inherited(
    conversation: Pick<Conversation, 'ownerId' | 'folderId'>,
    model: string | null,
  ): Promise<InheritedSettings>;
  /** Like `inherited`, for conversations of one owner, with as many reads as for one of them. */
  inheritedMany(
    ownerId: string,
    conversations: readonly { readonly folderId: string | null; readonly model: string | null }[],
  ): Promise<readonly InheritedSettings[]>;
  /** Returns the conversation's own settings, completed by the inherited ones. An empty prompt of its own stays. */
  of(
    conversation: Pick<Conversation, 'ownerId' | 'folderId' | 'systemPrompt' | 'options'>,
    model: string | null,
  ): Promise<AnswerSettings>;
}

export interface SettingsReaderDeps {
  readonly folders: Pick<FolderStore, 'findMany'>;
  readonly answerDefaults: Pick<AnswerDefaultsStore, 'findMany'>;
  readonly ids: Pick<Ids, 'derived'>;
}

export const createSettingsReader = ({
  folders,
  answerDefaults,
  ids,
}: SettingsReaderDeps): SettingsReader => {
  const inheritedMany: SettingsReader['inheritedMany'] = async (ownerId, conversations) => {
    const folderIds = [...new Set(conversations.flatMap(({ folderId }) => folderId ?? []))];
    const models = [...new Set([null, ...conversations.map(({ model }) => model)])];
    const [foundFolders, foundDefaults] = await Promise.all([
      folderIds.length === 0 ? [] : folders.findMany(ownerId, folderIds),
      answerDefaults.findMany(
        ownerId,
        models.map((model) => answerDefaultsId(ids, ownerId, model)),
      ),
    ]);
    const folderOf = new Map(folderIds.map((id, at) => [id, foundFolders[at]]));
    const defaultsOf = new Map(models.map((model, at) => [model, foundDefaults[at]]));
    return conversations.map(({ folderId, model }) => {
      const folder = folderId === null ? null : folderOf.get(folderId);
      const [ofAll, ofModel] = [defaultsOf.get(null), model === null ? null : defaultsOf.get(model)];
      return {
        systemPrompt: folder?.systemPrompt ?? ofModel?.systemPrompt ?? ofAll?.systemPrompt ?? null,
        options: { ...ofAll?.options, ...ofModel?.options },
        collectionIds: folder?.collectionIds ?? [],
      };
    });
  };
  const inherited: SettingsReader['inherited'] = async ({ ownerId, folderId }, model) => {
    const [settings] = await inheritedMany(ownerId, [{ folderId, model }]);
    return settings ?? { systemPrompt: null, options: {}, collectionIds: [] };
  };
  return {
    inherited,
    inheritedMany,
    async of(conversation, model) {
      const base = await inherited(conversation, model);
      return {
        systemPrompt: conversation.systemPrompt ?? base.systemPrompt,
        options: { ...base.options, ...conversation.options },
      };
    },
  };
};
