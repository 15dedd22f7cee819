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

/**
 * The settings of a conversation's answers. Its own come first, then its folder's system prompt, then its owner's defaults
 * for the model, then those for all models. What all of them lack is up to the model.
 */
export interface SettingsReader {
  /** Returns what applies where the conversation has no settings of its own. `model` is a full name; null: unknown. */
  inherited(
    conversation: Pick<Conversation, 'ownerId' | 'folderId'>,
    model: string | null,
  ): Promise<AnswerSettings>;
  /** Returns the conversation's own settings, completed by the inherited ones. An empty prompt of its own stays. */
  of(
    conversation: Pick<Conversation, 'ownerId' | 'folderId' | 'systemPrompt' | 'options'>,
    model: string | null,
  ): Promise<AnswerSettings>;
}

export interface SettingsReaderDeps {
  readonly folders: Pick<FolderStore, 'find'>;
  readonly answerDefaults: Pick<AnswerDefaultsStore, 'findMany'>;
  readonly ids: Pick<Ids, 'derived'>;
}

export const createSettingsReader = ({
  folders,
  answerDefaults,
  ids,
}: SettingsReaderDeps): SettingsReader => {
  const inherited: SettingsReader['inherited'] = async ({ ownerId, folderId }, model) => {
    const models = model === null ? [null] : [null, model];
    const [folder, [ofAll, ofModel]] = await Promise.all([
      folderId === null ? null : folders.find(ownerId, folderId),
      answerDefaults.findMany(
        ownerId,
        models.map((each) => answerDefaultsId(ids, ownerId, each)),
      ),
    ]);
    return {
      systemPrompt: folder?.systemPrompt ?? ofModel?.systemPrompt ?? ofAll?.systemPrompt ?? null,
      options: { ...ofAll?.options, ...ofModel?.options },
    };
  };
  return {
    inherited,
    async of(conversation, model) {
      const base = await inherited(conversation, model);
      return {
        systemPrompt: conversation.systemPrompt ?? base.systemPrompt,
        options: { ...base.options, ...conversation.options },
      };
    },
  };
};
