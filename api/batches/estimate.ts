import { Failure } from '../errors/failures.ts';
import type { Quota } from '../usage/quota.ts';
import type { Batch } from './batch.ts';

/** What a batch is expected to use, before it starts. */
export interface BatchEstimate {
  readonly inputs: number;
  readonly promptTokens: number;
  /** Of one answer for each input, without repairs. */
  readonly completionTokens: number;
  /** The model that answers. */
  readonly model: string;
  /** Why it isn't the requested one, as a sentence; null if it is. */
  readonly modelReason: string | null;
  /** What is left of the tightest quota, without what other batches still need; null: no quota. */
  readonly availableTokens: number | null;
}

export const totalOf = ({
  promptTokens,
  completionTokens,
}: Pick<BatchEstimate, 'promptTokens' | 'completionTokens'>) => promptTokens + completionTokens;

/** Returns the tokens that an unfinished batch still needs, by its estimate. */
export const remainingTokens = ({ estimatedTokens, total, completed, failed }: Batch): number =>
  total === 0 ? 0 : Math.ceil((estimatedTokens * (total - completed - failed)) / total);

/** The failure of a batch that needs more tokens than are available. */
export const batchQuotaExceeded = (
  estimate: BatchEstimate,
  { period, limit, resetsAt }: Quota,
  others: number,
  now: Date,
): Failure => {
  const number = (tokens: number) => tokens.toLocaleString('en');
  const reserved = others > 0 ? `, without the ${number(others)} that your other batches need` : '';
  return new Failure(
    'QUOTA_EXCEEDED',
    `This batch needs about ${number(totalOf(estimate))} tokens, but only ${number(Math.max(0, estimate.availableTokens ?? 0))} of your ${number(limit)} tokens for ${period === 'DAY' ? 'today' : 'this month'} are left${reserved}. Send fewer inputs, wait until ${resetsAt.toISOString()}, or ask an administrator for more.`,
    {
      retryAfter: Math.ceil((resetsAt.getTime() - now.getTime()) / 1000),
      resetsAt: resetsAt.toISOString(),
      estimatedTokens: totalOf(estimate),
    },
  );
};
