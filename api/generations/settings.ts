import type { Conversation, GenerationOptions } from '../conversations/conversation.ts';
import type { FolderStore } from '../folders/store/store.ts';

/** What an answer is generated with. */
export interface AnswerSettings {
  /** Empty or null: none. */
  readonly systemPrompt: string | null;
  readonly options: GenerationOptions;
}

/** The settings of a conversation's answers, with those that the conversation inherits. */
export interface SettingsReader {
  /** Returns what the conversation inherits: what applies where it has no settings of its own. */
  inherited(conversation: Pick<Conversation, 'ownerId' | 'folderId'>): Promise<AnswerSettings>;
  /** Returns the conversation's own settings, completed by the inherited ones. An empty prompt of its own stays. */
  of(
    conversation: Pick<Conversation, 'ownerId' | 'folderId' | 'systemPrompt' | 'options'>,
  ): Promise<AnswerSettings>;
}

export interface SettingsReaderDeps {
  readonly folders: Pick<FolderStore, 'find'>;
}

export const createSettingsReader = ({ folders }: SettingsReaderDeps): SettingsReader => {
  const inherited: SettingsReader['inherited'] = async ({ ownerId, folderId }) => {
    const folder = folderId === null ? null : await folders.find(ownerId, folderId);
    return { systemPrompt: folder?.systemPrompt ?? null, options: {} };
  };
  return {
    inherited,
    async of(conversation) {
      const base = await inherited(conversation);
      return {
        systemPrompt: conversation.systemPrompt ?? base.systemPrompt,
        options: { ...base.options, ...conversation.options },
      };
    },
  };
};
