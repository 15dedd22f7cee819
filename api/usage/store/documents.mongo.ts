import type { Collection } from 'mongodb';
import type { QuotaOverride } from '../quota.ts';
import { type UsageEntry, usageIdOf } from '../usage.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly usage: Collection<UsageDocument>;
    readonly quotas: Collection<QuotaDocument>;
  }
}

/** `_id` is owner, day and model, so that simultaneous upserts of replicas share one document. */
export interface UsageDocument extends UsageEntry {
  readonly _id: string;
}

export const usageDocumentOf = (entry: UsageEntry): UsageDocument => ({ _id: usageIdOf(entry), ...entry });

export const usageOf = ({ _id, ...entry }: UsageDocument): UsageEntry => entry;

/** `_id` is the user's id. */
export interface QuotaDocument extends QuotaOverride {
  readonly _id: string;
}
