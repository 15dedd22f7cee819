import type { QuotaOverride } from '../quota.ts';
import type { KeyedSum, UsageEntry, UsageKey } from '../usage.ts';

/** Stores usage by user, day and model, and quota overrides. Deleting conversations doesn't reduce the usage. */
export interface UsageStore {
  /** Adds to the stored entry, atomically. */
  add(entry: UsageEntry): Promise<void>;
  /** Returns the entries of an owner, sorted by day and model. Both days are inclusive. */
  ofOwner(ownerId: string, fromDay: string, toDay: string): Promise<readonly UsageEntry[]>;
  /** Returns the entries of several owners, unsorted. Both days are inclusive. */
  ofOwners(ownerIds: readonly string[], fromDay: string, toDay: string): Promise<readonly UsageEntry[]>;
  /** Returns the sums of all users' entries by user, day or model, unsorted. Both days are inclusive. For administrators. */
  sumsAnyOwner(by: UsageKey, fromDay: string, toDay: string): Promise<readonly KeyedSum[]>;
  /** Returns the last day with usage of each owner, in the order of `ownerIds`; null for one without any. */
  lastDaysOf(ownerIds: readonly string[]): Promise<readonly (string | null)[]>;
  /** Returns quota overrides in the order of `ownerIds`; null for an owner without one. */
  quotasOf(ownerIds: readonly string[]): Promise<readonly (QuotaOverride | null)[]>;
  setQuota(ownerId: string, quota: QuotaOverride): Promise<void>;
  /** Deletes the owner's usage and quota override. */
  deleteOfOwner(ownerId: string): Promise<void>;
}
