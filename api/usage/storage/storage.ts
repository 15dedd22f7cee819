/** Bytes that a row takes beside its texts, roughly, with its indexes. */
export const rowBytes = { conversation: 1000, message: 500, generation: 500 } as const;

/** Room that was set aside for a write. */
export interface StorageReservation {
  /** Ends it once the write is done, or has failed. Idempotent; never rejects. */
  settle(isWritten: boolean): Promise<void>;
}

/**
 * Counts the bytes that users have stored: conversations, messages and generations, their texts in UTF-8 and a flat number
 * for each row.
 */
export interface StorageStore {
  /**
   * Sets `bytes` aside where that leaves the owner within `limit`, in one atomic step: of any number at once no more are
   * let through than fit. Null where they don't.
   */
  reserve(ownerId: string, bytes: number, limit: number): Promise<StorageReservation | null>;
  /** Bytes that each has stored, in the order of `ownerIds`. */
  usedBy(ownerIds: readonly string[]): Promise<readonly number[]>;
  /** Counts what the owner has anew: repairs what a crash between a write and its count has left. Returns the bytes. */
  recount(ownerId: string): Promise<number>;
}
