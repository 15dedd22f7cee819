import { RequestFailure } from './failure.ts';

export interface Patience {
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  readonly onWaiting: (isWaiting: boolean) => void;
  /** How often one piece of work waits for the rate limit before it fails. */
  readonly maxWaits: number;
}

/** Runs the work again after a rate limit, when the server says that there is room. */
export const patiently = async <Result>(
  work: () => Promise<Result>,
  { signal, onWaiting, maxWaits }: Patience,
): Promise<Result> => {
  for (let waits = 0; ; waits += 1) {
    try {
      return await work();
    } catch (error) {
      const isEarly = error instanceof RequestFailure && error.code === 'RATE_LIMITED';
      if (!isEarly || waits >= maxWaits) throw error;
      onWaiting(true);
      const waitMs = (error.retryAfter ?? 1) * 1000;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      signal.throwIfAborted();
      onWaiting(false);
    }
  }
};
