import type { EngineModel } from '../engine/engine.ts';
import type { Message, MessageAttachment, MessageSource } from '../messages/message.ts';

/** What a message is for the model: its text with its documents, and its images. */
export interface PromptContent {
  readonly content: string;
  /** Base64. Absent if there are none. */
  readonly images?: readonly string[];
}

/** Measures a content of the question in tokens. */
export type MeasureContent = (
  content: PromptContent,
) => Promise<{ readonly tokens: number; readonly limit: number | null }>;

/** The attachments of a new question. */
export interface NewQuestion {
  readonly ownerId: string;
  readonly content: string;
  readonly model: Pick<EngineModel, 'name' | 'capabilities'>;
  readonly attachmentIds: readonly string[];
  /** The chosen collections. Those that the owner may not read are not searched. */
  readonly collectionIds: readonly string[];
  readonly conversationId: string;
  /** The message that it follows; null for the first one. */
  readonly parentId: string | null;
}

/** What of the documents is in a question's prompt. */
export interface FittedQuestion {
  /** The attachments of the question, in their order. */
  readonly attachments: readonly MessageAttachment[];
  /** Passages of documents that aren't in the prompt as a whole: of this question, and of earlier ones. */
  readonly sources: readonly MessageSource[];
}

/** How the attachments of a message become a part of the prompt. */
export interface ContentOptions {
  /** False: images are empty, to measure them. Default true. */
  readonly withImages?: boolean;
  /** Whether the prompt has the message's passages: only those of the question to answer. Default false. */
  readonly withSources?: boolean;
}

/** Puts attachments into prompts. */
export interface PromptAttachments {
  /**
   * Checks that the attachments can be in a message of the conversation (null: a new one). Throws `NOT_FOUND` and
   * `BAD_USER_INPUT`.
   */
  check(ownerId: string, ids: readonly string[], conversationId: string | null): Promise<void>;
  /**
   * Fits the attachments of a new question into the room for it. Of documents that are too long, the longest first, it
   * chooses the passages that answer the question, as it does of documents that earlier messages have and the prompt
   * doesn't, and of those in the chosen collections. Without passages, the ends are left out. `room` is the maximum number of
   * tokens of a prompt for a context of `limit` tokens. Throws `BAD_USER_INPUT` for an image if the model has no vision.
   */
  fit(
    question: NewQuestion,
    measure: MeasureContent,
    room: (limit: number) => number,
  ): Promise<FittedQuestion>;
  /**
   * Returns the content of a message with its attachments, without deleted ones. Images that the model can't see are
   * mentioned. Assigns the attachments of a stored message, if a crash prevented that.
   */
  contentOf(
    message: Pick<Message, 'ownerId' | 'content' | 'attachments' | 'sources'> &
      Partial<Pick<Message, 'conversationId'>>,
    model: string,
    signal: AbortSignal,
    options?: ContentOptions,
  ): Promise<PromptContent>;
  /** Puts attachments into a conversation, with which they are deleted. */
  assign(ownerId: string, ids: readonly string[], conversationId: string): Promise<void>;
}

/** Maximum attachments of a message. */
export const maxAttachments = 10;

/** Maximum passages of documents in a prompt: small models lose the answer among more. */
export const maxSources = 12;
