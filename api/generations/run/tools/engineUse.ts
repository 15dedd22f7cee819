import type { Engine } from '../../../engine/engine.ts';
import type { ExtraSlots, Job } from '../../queue/queue.ts';

type Run = Pick<Job, 'id' | 'ownerId' | 'isBackground'>;

/** A run that needs no engine for a while. */
export interface EngineLeave {
  /**
   * Ends the leave at once, so that no other job is taken in its place, and resolves when the run may use the engine again. Also
   * resolves when the signal aborts: the run ends then.
   */
  return(signal: AbortSignal): Promise<void>;
}

/**
 * The runs of this process that use the engine. As many may as the engine has slots; of others, the next is one of the user
 * with the fewest runs that use it, first in, first out. Those in the background come after all others. While it has no slots
 * because no engine is reachable, all wait.
 */
export interface EngineUse {
  /** Resolves when a run may use the engine, or when the signal aborts. Call the result at the end of the run. */
  enter(run: Run, signal: AbortSignal): Promise<() => void>;
  /**
   * Begins a leave of a run that has entered: another one gets its slot. Null if too many runs have left for tools: the run
   * keeps its slot.
   */
  leave(run: Run, reason: 'tool' | 'decision'): EngineLeave | null;
  /** Returns the runs that wait for a slot. */
  waiting(): readonly Run[];
  /** The number of runs that are on leave. */
  idleCount(): number;
  /** Call it when the result of `isPersonQueued` has changed. */
  queueChanged(): void;
  readonly extraSlots: ExtraSlots;
}

/** The maximum runs of one process that are on leave for slow tools: of one user, and of all. Each takes memory. */
export const maxToolLeaves = { ofOwner: 4, ofAll: 64 } as const;

/** The interval between two checks for slots that the engine got meanwhile, in ms. */
const checkEveryMs = 1000;

/** How long a run that returns waits for a reachable engine, in ms, by default. */
const defaultUnreachableMs = 120_000;

interface Waiter {
  readonly run: Run;
  /** Whether it has begun: then it shows the engine's own error if no engine is reachable for long. */
  readonly hasBegun: boolean;
  begin(): void;
}

export interface EngineUseDeps {
  readonly engine: Pick<Engine, 'slots'>;
  readonly unreachableMs?: number | undefined;
  /** Called when a run begins to wait for a slot. */
  readonly waits?: (run: Run) => void;
  /** Whether jobs wait in the queue that are not in the background. */
  readonly isPersonQueued?: () => boolean;
}

export const createEngineUse = ({
  engine,
  unreachableMs = defaultUnreachableMs,
  waits = () => {},
  isPersonQueued = () => true,
}: EngineUseDeps): EngineUse => {
  const using = createCounts();
  const idle = createCounts();
  const toolLeaves = createCounts();
  /** When a waiting run first found no engine; null: there is one. */
  let unreachableSince: number | null = null;
  /** Oldest first. */
  let waiting: readonly Waiter[] = [];
  const listeners = new Set<() => void>();
  let checking: NodeJS.Timeout | undefined;

  /**
   * While runs wait to return, one more job than those that have begun: a job of the user whose turn it is in the queue then
   * waits among them. Otherwise no other user's answer would begin until all have ended. Jobs in the background are neither
   * called for, nor do they stand in for the one that is.
   */
  const extraCount = (): number => {
    const isCalledFor =
      waiting.length > 0 &&
      isPersonQueued() &&
      waiting.every(({ hasBegun, run }) => hasBegun || run.isBackground);
    return idle.all() + (isCalledFor ? waiting.length + 1 : 0);
  };
  let notified = 0;
  const notify = () => {
    const count = extraCount();
    if (count === notified) return;
    notified = count;
    for (const listener of [...listeners]) listener();
  };

  const isUnreachableForLong = (): boolean => {
    if (engine.slots > 0) unreachableSince = null;
    else unreachableSince ??= performance.now();
    return unreachableSince !== null && performance.now() - unreachableSince >= unreachableMs;
  };

  const next = (): Waiter | undefined => {
    const people = waiting.filter(({ run }) => !run.isBackground);
    const [first, ...others] = people.length > 0 ? people : waiting;
    return (
      first &&
      others.reduce(
        (best, one) => (using.of(one.run.ownerId) < using.of(best.run.ownerId) ? one : best),
        first,
      )
    );
  };

  const remove = (waiter: Waiter) => {
    waiting = waiting.filter((one) => one !== waiter);
  };

  const begin = (waiter: Waiter) => {
    remove(waiter);
    waiter.begin();
  };

  const admit = () => {
    if (waiting.length > 0 && isUnreachableForLong()) {
      // Runs that have not begun wait on: they expire in the queue's time.
      for (const waiter of waiting) if (waiter.hasBegun) begin(waiter);
    }
    while (using.all() < engine.slots) {
      const waiter = next();
      if (!waiter) break;
      begin(waiter);
    }
    if (waiting.length > 0) checking ??= setInterval(admit, checkEveryMs);
    else {
      clearInterval(checking);
      checking = undefined;
      unreachableSince = null;
    }
    notify();
  };

  const acquire = (run: Run, signal: AbortSignal, hasBegun: boolean): Promise<void> =>
    new Promise((resolve) => {
      const waiter: Waiter = {
        run,
        hasBegun,
        begin() {
          using.add(run.ownerId, 1);
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      // An aborted run counts until it has ended, as it will call the result of `enter`.
      const abort = () => {
        begin(waiter);
        admit();
      };
      if (signal.aborted) {
        waiter.begin();
        return notify();
      }
      waiting = [...waiting, waiter];
      signal.addEventListener('abort', abort);
      admit();
      if (waiting.includes(waiter)) waits(run);
    });

  const release = (ownerId: string) => {
    using.add(ownerId, -1);
    admit();
  };

  const mayLeaveForTool = (ownerId: string) =>
    toolLeaves.of(ownerId) < maxToolLeaves.ofOwner && toolLeaves.all() < maxToolLeaves.ofAll;

  return {
    async enter(run, signal) {
      await acquire(run, signal, false);
      return () => release(run.ownerId);
    },
    leave(run, reason) {
      const { ownerId } = run;
      const isForTool = reason === 'tool';
      if (isForTool && !mayLeaveForTool(ownerId)) return null;
      if (isForTool) toolLeaves.add(ownerId, 1);
      idle.add(ownerId, 1);
      release(ownerId);
      return {
        return(signal) {
          if (isForTool) toolLeaves.add(ownerId, -1);
          idle.add(ownerId, -1);
          return acquire(run, signal, true);
        },
      };
    },
    waiting: () => waiting.map(({ run }) => run),
    idleCount: idle.all,
    queueChanged: notify,
    extraSlots: {
      count: extraCount,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
};

/** Counts of users, and their sum. */
const createCounts = () => {
  const counts = new Map<string, number>();
  let sum = 0;
  return {
    of: (ownerId: string) => counts.get(ownerId) ?? 0,
    all: () => sum,
    add(ownerId: string, by: number) {
      const count = (counts.get(ownerId) ?? 0) + by;
      sum += by;
      if (count === 0) counts.delete(ownerId);
      else counts.set(ownerId, count);
    },
  };
};
