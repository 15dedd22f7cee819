import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Engine } from '../../engine/engine.ts';
import { engineUnavailable } from '../../errors/failures.ts';
import type { Generation } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { IsHeld, Job, Queue } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import type { Runs } from './active.ts';
import { completeEnd } from './end.ts';

export interface Worker {
  /** Takes no more. Resolves when all that it took has ended. */
  stop(): Promise<void>;
}

export interface WorkerDeps {
  readonly runs: Runs;
  readonly queue: Queue;
  readonly engine: Pick<Engine, 'slots'>;
  readonly generations: GenerationStore;
  readonly journal: Journal;
  readonly clock: () => Date;
  readonly log: Logger;
  /** How long a generation may wait before it fails instead of running, in milliseconds. */
  readonly queueTtlMs: number;
}

/** How often it is looked for what waited past its time, in milliseconds. */
const expireEveryMs = 10_000;

/** Takes generations from the queue and runs them, as many side by side as the engine has slots. */
export const startWorker = (deps: WorkerDeps): Worker => {
  const run = async (job: Job, isHeld: IsHeld) => {
    // A store that is away now is seen to by the run.
    const hasExpired = await deps.generations
      .findAnyOwner(job.id)
      .then((generation) => expire(deps, generation))
      .catch(() => false);
    if (!hasExpired) await deps.runs.run(job, undefined, isHeld);
  };

  const drain = deps.queue.work(run, () => deps.engine.slots);
  const stopExpiring = keepExpiring(deps);

  return {
    async stop() {
      await drain();
      await stopExpiring();
    },
  };
};

/** Ends a generation that waited past its time, and says so. Whether it did. */
const expire = async (deps: WorkerDeps, generation: Generation | null): Promise<boolean> => {
  if (!generation || !isPastItsTime(deps, generation)) return false;
  const { code, message } = engineUnavailable(
    `No engine was free for ${Math.round(deps.queueTtlMs / 1000)} seconds. Try again later.`,
  );
  const patch = {
    status: 'FAILED',
    prompt: null,
    error: { code, message },
    finishedAt: deps.clock(),
  } as const;
  const { id, attempt } = generation;
  const ended = await deps.generations.transition(id, ['QUEUED'], patch, attempt);
  if (!ended) return false;
  await completeEnd(deps, ended);
  return true;
};

/** The wait counts from when this attempt was queued. */
const isPastItsTime = (deps: WorkerDeps, { status, queuedAt }: Generation): boolean =>
  status === 'QUEUED' && deps.clock().getTime() - queuedAt.getTime() > deps.queueTtlMs;

/** While no engine is there, nothing is taken from the queue: then what waits too long is ended all the same. */
const keepExpiring = (deps: WorkerDeps): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;

  const keep = async () => {
    while (!signal.aborted) {
      try {
        const unfinished = deps.engine.slots < 1 ? await deps.generations.unfinishedAnyOwner() : [];
        for (const generation of unfinished) await expire(deps, generation);
      } catch (error) {
        deps.log.debug({ err: error }, 'what waited too long could not be ended; trying again');
      }
      await sleep(expireEveryMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };

  const kept = keep();
  return () => {
    stopped.abort();
    return kept;
  };
};
