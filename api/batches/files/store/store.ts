import type { BatchFile, BatchFilePart } from '../file.ts';

/** Stores the files of users with requests for batches, in parts. */
export interface BatchFileStore {
  /** Writes a part of a file that isn't inserted yet. */
  addPart(part: BatchFilePart): Promise<void>;
  /** Writes a file whose parts are written. False if the owner has `max` already; then nothing is written. */
  insert(file: BatchFile, max: number): Promise<boolean>;
  find(ownerId: string, id: string): Promise<BatchFile | null>;
  /** Returns all files of the owner, newest first. */
  ofOwner(ownerId: string): Promise<readonly BatchFile[]>;
  /** Returns a part, from 0; null: there is none. */
  part(ownerId: string, id: string, number: number): Promise<string | null>;
  /** Deletes a file with its parts. Returns whether it existed. */
  delete(ownerId: string, id: string): Promise<boolean>;
  deleteOfOwner(ownerId: string): Promise<void>;
  /** Returns the next files, at most 1,000 by id after `afterId` (null: from the first), that were created before `before`. */
  createdBeforeAnyOwner(before: Date, afterId: string | null): Promise<readonly BatchFile[]>;
  /** Deletes the parts of files that don't exist and that were written before `before`. */
  deleteOrphansAnyOwner(before: Date): Promise<void>;
}
