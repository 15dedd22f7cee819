/**
 * A turn that is being written: the user's message, the answer and its generation. The conversation lists the turn
 * before the first of these writes, and until all are done and the leaf has moved. After a crash, recovery finds the
 * turn and completes it, or undoes it if the generation wasn't written.
 */
export interface Turn {
  /** ULID. */
  readonly id: string;
  readonly generationId: string;
  /** The conversation's leaf when the turn began. */
  readonly leafId: string | null;
  /** Null if the user's message existed before. */
  readonly questionId: string | null;
  readonly answerId: string;
  /** Whether the conversation was created for this turn. */
  readonly isNew: boolean;
  readonly startedAt: Date;
}

/** An unfinished turn, with its conversation. */
export interface OpenTurn {
  readonly ownerId: string;
  readonly conversationId: string;
  readonly turn: Turn;
}

/** The change of the conversation when a turn ends. */
export interface TurnEnd {
  readonly leafId: string;
  /** Absent: `updatedAt` stays unchanged. */
  readonly updatedAt?: Date;
  /** If set, the leaf moves only if it is still this one, so a branch selected in the meantime stays selected. */
  readonly from?: string | null;
}
