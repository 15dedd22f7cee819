import type { UsageEntry } from './usage.ts';

/** What was used, added up for each user, day and model: what is deleted elsewhere stays counted here. */
export interface UsageStore {
  /** Adds to what is there, in one atomic step. */
  add(entry: UsageEntry): Promise<void>;
  /** From one day to another, both among them, by day and model. */
  ofOwner(ownerId: string, fromDay: string, toDay: string): Promise<readonly UsageEntry[]>;
  deleteOfOwner(ownerId: string): Promise<void>;
}
