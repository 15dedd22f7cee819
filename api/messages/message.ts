/** The owner's rating of an answer. */
export type Rating = 'GOOD' | 'BAD';

export type MessageRole = 'SYSTEM' | 'USER' | 'ASSISTANT' | 'TOOL';

/**
 * A message in the tree of a conversation. A branch is a sequence of messages without forks, one at each `depth`. A
 * second child of a parent (an edit, a regeneration) starts a new branch. So the path from the root to a leaf is a
 * short list of (branch, depth) ranges, and any page of it is a range read.
 */
export interface Message {
  /** ULID. */
  readonly id: string;
  readonly conversationId: string;
  readonly ownerId: string;
  readonly parentId: string | null;
  readonly branchId: string;
  /** Distance from the root: 0 for the first message. */
  readonly depth: number;
  readonly role: MessageRole;
  /** While a generation runs, the text saved so far. */
  readonly content: string;
  /** The generation that writes the message; null for messages of other roles. */
  readonly generationId: string | null;
  /**
   * The attempt of that generation that may write the content. Lower attempts are fenced off. Absent until an attempt
   * has begun.
   */
  readonly attempt?: number;
  /** The attachments of a user's message, in their order. Absent if it has none. */
  readonly attachments?: readonly MessageAttachment[];
  /** The passages of documents that answers may cite, of a question and of its answers. Absent if it has none. */
  readonly sources?: readonly MessageSource[];
  readonly createdAt: Date;
  /** Absent: not rated. */
  readonly rating?: Rating;
  /** The answer that the owner edited to make this one, which then has no generation. Absent: not edited. */
  readonly editedFrom?: string;
}

/** An attachment of a message. The attachment itself may be deleted since. */
export interface MessageAttachment {
  readonly id: string;
  /** How much of its text did not fit into the model's context when the message was sent, in UTF-16 units. */
  readonly omitted: number;
}

/** A passage of a document in a prompt. It has no text of the document, which may be deleted since. */
export interface MessageSource {
  /** By which answers cite it, from 1. */
  readonly number: number;
  readonly attachmentId: string;
  /** The number of the passage in the document. */
  readonly passage: number;
  /** The range of the document's text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** The page of a PDF; null for other formats. */
  readonly page: number | null;
}

/** The attempt at a generation that writes a message's content. */
export interface ContentAuthor {
  readonly generationId: string;
  readonly attempt: number;
}

/** Text to append to the content of an answer. */
export interface ContentAppend {
  readonly ownerId: string;
  /** The message's id. */
  readonly id: string;
  readonly author: ContentAuthor;
  /** The length of the content before the append, in bytes of UTF-8. */
  readonly offset: number;
  readonly delta: string;
}

/** A message to insert. The store derives its branch and depth from its parent. */
export type NewMessage = Omit<Message, 'branchId' | 'depth' | 'attempt' | 'rating'>;
