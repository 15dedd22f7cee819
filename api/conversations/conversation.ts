/** Sampling options of a conversation or of one generation. An absent option means the model's default. */
export interface GenerationOptions {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly repeatPenalty?: number;
  readonly repeatLastN?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  /** The context in tokens, where the engine can choose it; capped by `CONTEXT_LIMIT`. */
  readonly contextLength?: number;
}

export interface Conversation {
  /** ULID. */
  readonly id: string;
  readonly ownerId: string;
  readonly title: string;
  /** Whether the title is derived from the first prompt, so that the model may replace it. */
  readonly autoTitled: boolean;
  /** The default model of the next generation. */
  readonly model: string | null;
  readonly systemPrompt: string | null;
  readonly options: GenerationOptions;
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly tags: readonly string[];
  /** The owner's folder that it is in; null: none. */
  readonly folderId: string | null;
  /** The collections that its answers search, also those that were withdrawn since they were chosen. */
  readonly collectionIds: readonly string[];
  /** The last message of the selected branch. */
  readonly leafId: string | null;
  readonly createdAt: Date;
  /** The time of the last activity; it orders the list. */
  readonly updatedAt: Date;
  /** When a temporary conversation is deleted unless it is used before. Absent: it is kept. */
  readonly expiresAt?: Date;
}

/** How long a temporary conversation is stored after its last use, in ms. */
export const temporaryMs = 60 * 60_000;

/** The title of a temporary conversation: one by its prompt would be text in the list of another device. */
export const temporaryTitle = 'Temporary chat';

/** A temporary conversation whose time is over. */
export interface ExpiredConversation {
  readonly id: string;
  readonly ownerId: string;
  readonly expiresAt: Date;
}

export type ConversationPatch = Partial<
  Pick<
    Conversation,
    | 'title'
    | 'autoTitled'
    | 'model'
    | 'systemPrompt'
    | 'options'
    | 'pinned'
    | 'archived'
    | 'tags'
    | 'folderId'
    | 'collectionIds'
    | 'leafId'
    | 'updatedAt'
  >
> & {
  /** Null: the conversation is no longer temporary. */
  readonly expiresAt?: Date | null;
};

/** A tag, and how many conversations have it. */
export interface TagUse {
  readonly name: string;
  readonly conversations: number;
}

/** The sort key of the list: pinned conversations first, then the newest activity. */
export interface ConversationKey {
  readonly pinned: boolean;
  readonly updatedAt: Date;
  readonly id: string;
}

export interface ConversationFilter {
  readonly archived: boolean;
  readonly tag: string | null;
  /** Whether to list the temporary conversations instead of the others. Absent: the others. */
  readonly temporary?: boolean;
  /** Null: only conversations without a folder. Absent: all. */
  readonly folderId?: string | null;
  /**
   * Words that one title or one message must all contain; each matches the beginning of a word (`search/terms.ts`
   * defines words). A blank search applies no filter. A search without letters, digits or emoji finds nothing. The text
   * of a running generation may not be found yet.
   */
  readonly search: string | null;
}
