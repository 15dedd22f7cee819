import type { Conversation } from '../conversation.ts';

/** A conversation whose title the model has to write. */
export interface DueTitle {
  readonly id: string;
  readonly ownerId: string;
  /** How often it was claimed, this time included. */
  readonly tries: number;
}

/**
 * The queue of titles that the model writes. It is stored with the conversations, so it survives restarts, and a title
 * that a person gives ends it in the same step.
 */
export interface TitleStore {
  /**
   * Queues a conversation for `dueAt`. Resolves to false and changes nothing if a person gave the title, or if it was
   * queued before.
   */
  requestTitle(ownerId: string, id: string, dueAt: Date): Promise<boolean>;
  /**
   * Returns the conversation that has been due for longest at `now`, of any owner, and makes it due again at `retryAt`,
   * in one atomic step. Null if none is due.
   */
  claimTitle(now: Date, retryAt: Date): Promise<DueTitle | null>;
  /** Makes a queued conversation due at `dueAt`. */
  delayTitle(ownerId: string, id: string, dueAt: Date): Promise<void>;
  /**
   * Sets the title (null: keeps it) and ends the queueing, in one atomic step. Returns the conversation. Null, and no
   * change, if a person has given a title in the meantime.
   */
  endTitle(ownerId: string, id: string, title: string | null): Promise<Conversation | null>;
}
