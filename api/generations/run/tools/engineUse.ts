import type { Engine } from '../../../engine/engine.ts';
import type { IdleJobs } from '../../queue/queue.ts';

/** A run that needs no engine for a while. */
export interface EngineLeave {
  /**
   * Ends the leave at once, so that no other job is taken in its place, and resolves when the run may use the engine again. Also
   * resolves when the signal aborts: the run ends then.
   */
  return(signal: AbortSignal): Promise<void>;
}

/**
 * The runs of this process that use the engine. As many may as the engine has slots; others wait, first in, first out. While
 * it has none because no engine is reachable, all wait.
 */
export interface EngineUse {
  /** Resolves when a run may use the engine, or when the signal aborts. Call the result at the end of the run. */
  enter(signal: AbortSignal): Promise<() => void>;
  /** Begins a leave of a run that has entered: another one gets its slot. */
  leave(): EngineLeave;
  /** The runs that are on leave. */
  readonly idle: IdleJobs;
}

/** The interval between two checks for slots that the engine got meanwhile, in ms. */
const checkEveryMs = 1000;

/** How long a run that returns waits for a reachable engine, in ms, by default. */
const defaultUnreachableMs = 120_000;

interface Waiter {
  begin(): void;
  /** Whether it has begun: then it shows the engine's own error if no engine is reachable for long. */
  readonly hasBegun: boolean;
}

export const createEngineUse = (
  engine: Pick<Engine, 'slots'>,
  unreachableMs = defaultUnreachableMs,
): EngineUse => {
  let using = 0;
  let idle = 0;
  /** When a waiting run first found no engine; null: there is one. */
  let unreachableSince: number | null = null;
  let waiting: readonly Waiter[] = [];
  const listeners = new Set<() => void>();
  let checking: NodeJS.Timeout | undefined;

  const isUnreachableForLong = (): boolean => {
    if (engine.slots > 0) unreachableSince = null;
    else unreachableSince ??= performance.now();
    return unreachableSince !== null && performance.now() - unreachableSince >= unreachableMs;
  };

  const remove = (waiter: Waiter) => {
    waiting = waiting.filter((one) => one !== waiter);
  };

  const admit = () => {
    // Runs that have not begun wait on: they expire in the queue's time.
    const givenUp = waiting.length > 0 && isUnreachableForLong();
    for (const waiter of waiting) {
      if (using >= engine.slots && !(givenUp && waiter.hasBegun)) continue;
      remove(waiter);
      waiter.begin();
    }
    if (waiting.length > 0) checking ??= setInterval(admit, checkEveryMs);
    else {
      clearInterval(checking);
      checking = undefined;
      unreachableSince = null;
    }
  };

  const acquire = (signal: AbortSignal, hasBegun: boolean): Promise<void> =>
    new Promise((resolve) => {
      const waiter: Waiter = {
        hasBegun,
        begin() {
          using += 1;
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      // An aborted run counts until it has ended, as it will call the result of `enter`.
      const abort = () => {
        remove(waiter);
        waiter.begin();
        admit();
      };
      if (signal.aborted) return waiter.begin();
      waiting = [...waiting, waiter];
      signal.addEventListener('abort', abort);
      admit();
    });

  const release = () => {
    using -= 1;
    admit();
  };

  return {
    async enter(signal) {
      await acquire(signal, false);
      return release;
    },
    leave() {
      idle += 1;
      release();
      for (const listener of [...listeners]) listener();
      return {
        return(signal) {
          idle -= 1;
          return acquire(signal, true);
        },
      };
    },
    idle: {
      count: () => idle,
      onMore(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
};
