import type { OwnedAmounts } from '../../budgets/holdingSource.ts';

/** The estimated size of a row without its texts but with its indexes, in bytes. */
export const rowBytes = {
  conversation: 1000,
  message: 500,
  generation: 500,
  attachment: 1000,
  /** With its terms and vector. */
  passage: 4000,
  preset: 1000,
  folder: 1000,
  collection: 1000,
  answerDefaults: 1000,
  batch: 1000,
  batchItem: 300,
} as const;

/** Bytes reserved for a write. */
export interface StorageReservation {
  /** Ends the reservation after the write succeeded or failed. Idempotent; never rejects. */
  settle(isWritten: boolean): Promise<void>;
}

/**
 * Counts the bytes that users have stored in conversations, messages, generations, attachments, presets, folders,
 * collections, defaults and batches: their texts in UTF-8, files, and a flat amount per row.
 */
export interface StorageStore {
  /**
   * Reserves `bytes` if the owner stays within `limit`, atomically, so that simultaneous writes can't exceed the limit
   * together. Returns null otherwise.
   */
  reserve(ownerId: string, bytes: number, limit: number): Promise<StorageReservation | null>;
  /** Returns the stored bytes of each owner, in the order of `ownerIds`. */
  usedBy(ownerIds: readonly string[]): Promise<readonly number[]>;
  /** Returns the `max` largest numbers of stored bytes, and the sum of all users' bytes, as they were counted last. */
  largest(max: number): Promise<OwnedAmounts>;
  /** Recounts the owner's bytes, which repairs the count after a crash. Returns the bytes. */
  recount(ownerId: string): Promise<number>;
  /** Deletes the count of an owner who is being deleted. Idempotent. */
  deleteOfOwner(ownerId: string): Promise<void>;
}
