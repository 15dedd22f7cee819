/** The usage of one model by one user on one day. */
export interface UsageEntry {
  readonly ownerId: string;
  /** The UTC date: `2026-01-31`. */
  readonly day: string;
  readonly model: string;
  /** Ended answers with any outcome, cached ones included. */
  readonly generations: number;
  /** Answers from the response cache, which use no tokens. */
  readonly cached: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What the usage of all users is summed by. */
export type UsageKey = 'ownerId' | 'day' | 'model';

/** The usage of one user, one day or one model. */
export interface KeyedSum {
  readonly key: string;
  readonly sum: UsageSum;
}

export type UsageSum = Pick<UsageEntry, 'generations' | 'cached' | 'promptTokens' | 'completionTokens'>;

export const noUsage: UsageSum = { generations: 0, cached: 0, promptTokens: 0, completionTokens: 0 };

export const addUsage = (one: UsageSum, other: UsageSum): UsageSum => ({
  generations: one.generations + other.generations,
  cached: one.cached + other.cached,
  promptTokens: one.promptTokens + other.promptTokens,
  completionTokens: one.completionTokens + other.completionTokens,
});

export const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/** Returns the unique key of an entry. */
export const usageIdOf = ({ ownerId, day, model }: Pick<UsageEntry, 'ownerId' | 'day' | 'model'>): string =>
  `${ownerId}:${day}:${model}`;
