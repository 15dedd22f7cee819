import type { AnswerDefaults } from '../answerDefaults.ts';

/** Stores the defaults of users. Every method treats another user's as absent. */
export interface AnswerDefaultsStore {
  /**
   * Writes the defaults, replacing those with their id. Resolves to false, and writes nothing, if they are new and their
   * owner has `limit` already, also with simultaneous calls.
   */
  set(defaults: AnswerDefaults, limit: number): Promise<boolean>;
  /** Returns defaults in the order of `ids`, null for absent ones. */
  findMany(ownerId: string, ids: readonly string[]): Promise<readonly (AnswerDefaults | null)[]>;
  /** Returns all of an owner: those for all models first, then by model. */
  ofOwner(ownerId: string): Promise<readonly AnswerDefaults[]>;
  /** Resolves to whether they existed. */
  delete(ownerId: string, id: string): Promise<boolean>;
  deleteOfOwner(ownerId: string): Promise<void>;
}
