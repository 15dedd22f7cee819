export type MessageRole = 'SYSTEM' | 'USER' | 'ASSISTANT' | 'TOOL';

/**
 * One message of a conversation's tree. A branch is a run of messages without forks: its messages differ only in
 * `depth`. A second child of one parent (an edit, a regeneration) opens a branch of its own. So the path from the root
 * to any leaf is a short list of ranges of (branch, depth), and a page of it is a range read wherever it is.
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
  /** For an assistant's message: the text saved so far. */
  readonly content: string;
  /** On an assistant's message: what makes, or made, it. */
  readonly generationId: string | null;
  /**
   * The attempt of that generation that may write the content: lower ones can't any more, and the content is part of
   * this attempt's text. Absent until an attempt has begun.
   */
  readonly attempt?: number;
  readonly createdAt: Date;
}

/** The attempt at a generation that writes a message's content. */
export interface ContentAuthor {
  readonly generationId: string;
  readonly attempt: number;
}

/** What the caller knows of a new message; the store finds its branch and depth from its parent. */
export type NewMessage = Omit<Message, 'branchId' | 'depth' | 'attempt'>;
