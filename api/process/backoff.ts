import { setTimeout as sleep } from 'node:timers/promises';

export interface BackoffOptions {
  /** The first pause, and the cap of the later ones, in ms. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Ends a pause early: it then rejects with an `AbortError`. */
  readonly signal?: AbortSignal;
  /** `false` lets the process exit during a pause. Default true. */
  readonly ref?: boolean;
}

/**
 * Creates the pauses of a retry loop. Each call waits for a pause twice as long as the one before, up to `maxMs`, with a
 * random reduction of up to a half, so that replicas don't retry in step.
 */
export const createBackoff = ({ minMs, maxMs, ...options }: BackoffOptions): (() => Promise<void>) => {
  let nextMs = minMs;
  return async () => {
    const pauseMs = nextMs * (0.5 + Math.random() / 2);
    nextMs = Math.min(2 * nextMs, maxMs);
    await sleep(pauseMs, undefined, options);
  };
};
