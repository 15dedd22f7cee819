import { hasCode, ZiggieError } from '../errors.ts';
import type { Tokens } from './tokens.ts';

/** In ms. */
const firstPauseMs = 250;
const maxPauseMs = 5_000;

/** Returns the delay before retry `failures + 1`, in ms: 0.25 s to 5 s, doubling, with jitter to spare a restarted server. */
export const retryDelayMs = (failures: number, random: () => number = Math.random): number => {
  const most = Math.min(firstPauseMs * 2 ** (failures - 1), maxPauseMs);
  return most / 2 + (random() * most) / 2;
};

export interface RetryOptions {
  readonly tokens: Tokens;
  /** How long it may fail without progress, in ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Whether a failure may be retried. Default: if the server is unreachable. */
  readonly mayRetry?: (error: unknown) => boolean;
  /** Called with a failure that will be retried. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Runs an operation with the current token. Retries temporary failures, and retries once with a fresh token if the token
 * was rejected. The operation calls `advanced` on progress, from which the time limit then counts. Rejects with the last
 * failure, or with the signal's reason.
 */
export const retry = async <Result>(
  run: (token: string | null, advanced: () => void) => Promise<Result>,
  { tokens, timeoutMs, signal, mayRetry = isUnreachable, onFailure }: RetryOptions,
): Promise<Result> => {
  let failures = 0;
  let failingSince = 0;
  let hasRenewed = false;
  const advanced = () => {
    failures = 0;
    hasRenewed = false;
  };
  for (;;) {
    try {
      return await run(await tokens.current(signal), advanced);
    } catch (error) {
      signal.throwIfAborted();
      if (hasCode(error, 'UNAUTHENTICATED')) {
        if (hasRenewed || !tokens.mayRenew()) throw error;
        hasRenewed = true;
        onFailure?.(error);
        continue;
      }
      if (!mayRetry(error)) throw error;
      failures += 1;
      if (failures === 1) failingSince = performance.now();
      const asked = error instanceof ZiggieError ? (error.retryAfter ?? 0) * 1000 : 0;
      const pauseMs = Math.max(asked, retryDelayMs(failures));
      if (performance.now() + pauseMs - failingSince > timeoutMs) throw error;
      onFailure?.(error);
      await pause(pauseMs, signal);
    }
  }
};

export const isUnreachable = (error: unknown): boolean => hasCode(error, 'UNREACHABLE');

/** Rejects with the signal's reason when it aborts. */
const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
};
