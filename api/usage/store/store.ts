import type { QuotaOverride } from '../quota.ts';
import type { UsageEntry } from '../usage.ts';

/** What was used, added up for each user, day and model: what is deleted elsewhere stays counted here. */
export interface UsageStore {
  /** Adds to what is there, in one atomic step. */
  add(entry: UsageEntry): Promise<void>;
  /** From one day to another, both among them, by day and model. */
  ofOwner(ownerId: string, fromDay: string, toDay: string): Promise<readonly UsageEntry[]>;
  /** Of all of them, from one day to another, both among them, in no order. */
  ofOwners(ownerIds: readonly string[], fromDay: string, toDay: string): Promise<readonly UsageEntry[]>;
  /** What each has instead of what the role has, in the order of `ownerIds`; null where nothing is. */
  quotasOf(ownerIds: readonly string[]): Promise<readonly (QuotaOverride | null)[]>;
  setQuota(ownerId: string, quota: QuotaOverride): Promise<void>;
  /** Both. */
  deleteOfOwner(ownerId: string): Promise<void>;
}
