/** Sampling options kept with a conversation or asked for one generation; absent means the model's default. */
export interface GenerationOptions {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
}

export interface Conversation {
  /** ULID. */
  readonly id: string;
  readonly ownerId: string;
  readonly title: string;
  /** The default for its next generation. */
  readonly model: string | null;
  readonly systemPrompt: string | null;
  readonly options: GenerationOptions;
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly tags: readonly string[];
  /** The end of the branch that is shown: the newest message, or the version last chosen. */
  readonly leafId: string | null;
  readonly createdAt: Date;
  /** The last activity: it orders the list. */
  readonly updatedAt: Date;
}

export type ConversationPatch = Partial<
  Pick<
    Conversation,
    'title' | 'model' | 'systemPrompt' | 'options' | 'pinned' | 'archived' | 'tags' | 'leafId' | 'updatedAt'
  >
>;

/** Newest activity first; pinned ones before all others. */
export interface ConversationKey {
  readonly pinned: boolean;
  readonly updatedAt: Date;
  readonly id: string;
}

export interface ConversationFilter {
  readonly archived: boolean;
  readonly tag: string | null;
  /**
   * Words to find, all of them in one title or one message; each may be the beginning of a word (`search.ts` says
   * what a word is). Blank is no search; a search of signs alone finds nothing. Of an answer, only what is final is
   * sure to be found.
   */
  readonly search: string | null;
}
