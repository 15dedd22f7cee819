import type { OwnQuota } from './quota.ts';
import type { UsageEntry } from './usage.ts';

/** What was used, added up for each user, day and model: what is deleted elsewhere stays counted here. */
export interface UsageStore {
  /** Adds to what is there, in one atomic step. */
  add(entry: UsageEntry): Promise<void>;
  /** From one day to another, both among them, by day and model. */
  ofOwner(ownerId: string, fromDay: string, toDay: string): Promise<readonly UsageEntry[]>;
  /** What the user has instead of what the role has; null where nothing is. */
  quotaOf(ownerId: string): Promise<OwnQuota | null>;
  setQuota(ownerId: string, quota: OwnQuota): Promise<void>;
  /** Both. */
  deleteOfOwner(ownerId: string): Promise<void>;
}
