/** What one user had of one model on one day. Counts in tokens, and of answers. */
export interface UsageEntry {
  readonly ownerId: string;
  /** Of the calendar in UTC: `2026-01-31`. */
  readonly day: string;
  readonly model: string;
  /** Answers that came to an end, whichever; the stored ones among them. */
  readonly generations: number;
  /** Stored ones, which cost no tokens. */
  readonly cached: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
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

/** One of each is there, however many add to it at once. */
export const usageIdOf = ({ ownerId, day, model }: Pick<UsageEntry, 'ownerId' | 'day' | 'model'>): string =>
  `${ownerId}:${day}:${model}`;
