import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '../../../realtime/bus.ts';
import { subscribeWithRetry } from '../../../realtime/subscribeWithRetry.ts';
import { toolCallDecided } from '../../topics.ts';

/** Listens to decisions on the calls of one generation. */
export interface DecisionListener {
  /** Resolves after a decision since the last call, or after `maxMs`. Rejects with `signal.reason`. */
  next(maxMs: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export const createDecisionListener = (bus: Bus, generationId: string): DecisionListener => {
  let arrived = new AbortController();
  const arrive = () => arrived.abort();
  const unsubscribe = subscribeWithRetry(bus, toolCallDecided, generationId, {
    message: arrive,
    missed: arrive,
  });
  return {
    async next(maxMs, signal) {
      const within = AbortSignal.any([signal, arrived.signal]);
      await sleep(maxMs, undefined, { signal: within }).catch(() => {});
      signal.throwIfAborted();
      if (arrived.signal.aborted) arrived = new AbortController();
    },
    close: unsubscribe,
  };
};
