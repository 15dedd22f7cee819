import type { EngineModel } from '../engine/engine.ts';
import type { Message, MessageAttachment } from '../messages/message.ts';

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
}

/** Puts attachments into prompts. */
export interface PromptAttachments {
  /**
   * Checks that the attachments can be in a message of the conversation (null: a new one). Throws `NOT_FOUND` and
   * `BAD_USER_INPUT`.
   */
  check(ownerId: string, ids: readonly string[], conversationId: string | null): Promise<void>;
  /**
   * Fits the attachments of a new question into the room for it: if documents are too long, their ends are left out,
   * those of the longest first. `room` is the maximum number of tokens of a prompt for a context of `limit` tokens. Throws
   * `BAD_USER_INPUT` for an image if the model has no vision.
   */
  fit(
    question: NewQuestion,
    measure: MeasureContent,
    room: (limit: number) => number,
  ): Promise<readonly MessageAttachment[]>;
  /**
   * Returns the content of a message with its attachments, without deleted ones. Images that the model can't see are
   * mentioned. `withImages` false: images are empty, to measure them. Assigns the attachments of a stored message, if a crash
   * prevented that.
   */
  contentOf(
    message: Pick<Message, 'ownerId' | 'content' | 'attachments'> & Partial<Pick<Message, 'conversationId'>>,
    model: string,
    signal: AbortSignal,
    withImages?: boolean,
  ): Promise<PromptContent>;
  /** Puts attachments into a conversation, with which they are deleted. */
  assign(ownerId: string, ids: readonly string[], conversationId: string): Promise<void>;
}

/** Maximum attachments of a message. */
export const maxAttachments = 10;
