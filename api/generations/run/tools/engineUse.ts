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

/** The runs of this process that use the engine. As many may as the engine has slots; others wait, first in, first out. */
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

export const createEngineUse = (engine: Pick<Engine, 'slots'>): EngineUse => {
  let using = 0;
  let idle = 0;
  const waiting: (() => void)[] = [];
  const listeners = new Set<() => void>();
  let checking: NodeJS.Timeout | undefined;

  /** Without slots, nothing waits: the engine's own error then says why. */
  const isFree = () => engine.slots < 1 || using < engine.slots;

  const admit = () => {
    while (waiting.length > 0 && isFree()) waiting.shift()?.();
    if (waiting.length > 0) checking ??= setInterval(admit, checkEveryMs);
    else {
      clearInterval(checking);
      checking = undefined;
    }
  };

  const acquire = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const begin = () => {
        using += 1;
        signal.removeEventListener('abort', abort);
        resolve();
      };
      // An aborted run counts until it has ended, as it will call the result of `enter`.
      const abort = () => {
        const index = waiting.indexOf(begin);
        if (index >= 0) waiting.splice(index, 1);
        begin();
        admit();
      };
      if (signal.aborted) return begin();
      waiting.push(begin);
      signal.addEventListener('abort', abort);
      admit();
    });

  const release = () => {
    using -= 1;
    admit();
  };

  return {
    async enter(signal) {
      await acquire(signal);
      return release;
    },
    leave() {
      idle += 1;
      release();
      for (const listener of [...listeners]) listener();
      return {
        return(signal) {
          idle -= 1;
          return acquire(signal);
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
