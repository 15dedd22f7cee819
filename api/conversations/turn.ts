/**
 * A turn that is being written: a question, its answer and the generation that makes it. It stands in its conversation
 * from before the first of them is written until all are there and the leaf has moved. So whatever a crash leaves
 * between two writes can be found and completed, or taken back where the generation wasn't written.
 */
export interface Turn {
  /** ULID. */
  readonly id: string;
  readonly generationId: string;
  /** The conversation's leaf when the turn began. */
  readonly leafId: string | null;
  /** Null where the question was there before. */
  readonly questionId: string | null;
  readonly answerId: string;
  /** Whether the conversation was made for it. */
  readonly isNew: boolean;
  readonly startedAt: Date;
}

/** A turn and where it stands. */
export interface OpenTurn {
  readonly ownerId: string;
  readonly conversationId: string;
  readonly turn: Turn;
}

/** Where a turn's end moves the conversation. */
export interface TurnEnd {
  readonly leafId: string;
  /** Absent: the last activity stays as it is. */
  readonly updatedAt?: Date;
  /** Given: the leaf moves only if it is still this one, so a branch that was selected meanwhile stays selected. */
  readonly from?: string | null;
}
