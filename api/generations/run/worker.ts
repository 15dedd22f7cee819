import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../engine/engine.ts';
import { engineUnavailable } from '../../errors/failures.ts';
import { type Generation, promptAtEnd, type UnfinishedGeneration } from '../generation.ts';
import type { IsHeld, Job } from '../queue/queue.ts';
import type { ActiveRuns } from './active.ts';
import { completeEnd, type EndDeps } from './end.ts';

export interface Worker {
  /** Stops taking jobs. Resolves when those that it took have ended. */
  stop(): Promise<void>;
}

export interface WorkerDeps extends EndDeps {
  readonly activeRuns: Pick<ActiveRuns, 'run'> & Partial<Pick<ActiveRuns, 'extraSlots'>>;
  readonly engine: Pick<Engine, 'slots'>;
  readonly clock: () => Date;
  /** The time after which a queued generation fails instead of running, in ms. */
  readonly queueTtlMs: number;
}

/** The interval between two searches for expired generations, in ms. */
const expireIntervalMs = 10_000;

/** Takes generations from the queue and runs them, as many at a time as the engine has slots, beside those that need no engine. */
export const startWorker = (deps: WorkerDeps): Worker => {
  const run = async (job: Job, isHeld: IsHeld) => {
    // If the store is unavailable now, the run retries.
    const mayBegin = () =>
      deps.generations
        .findAnyOwner(job.id)
        .then(async (generation) => !(await failIfExpired(deps, generation)))
        .catch(() => true);
    await deps.activeRuns.run(job, undefined, isHeld, mayBegin);
  };

  const stopWork = deps.queue.work(run, () => deps.engine.slots, deps.activeRuns.extraSlots);
  const stopExpiring = keepExpiring(deps);

  return {
    async stop() {
      await stopWork();
      await stopExpiring();
    },
  };
};

/** Fails a generation that has waited past its TTL. Returns whether it did. */
const failIfExpired = async (deps: WorkerDeps, generation: Generation | null): Promise<boolean> => {
  if (!generation) return false;
  const { prompt } = generation;
  if (!isExpired(deps, { ...generation, isBackground: prompt?.isBackground ?? false })) return false;
  const { code, message } = engineUnavailable(
    `No engine was free for ${Math.round(deps.queueTtlMs / 1000)} seconds. Try again later.`,
  );
  const patch = {
    status: 'FAILED',
    prompt: promptAtEnd(generation),
    error: { code, message },
    finishedAt: deps.clock(),
  } as const;
  const { id, attempt } = generation;
  const ended = await deps.generations.transition(id, ['QUEUED'], patch, attempt);
  if (!ended) return false;
  await completeEnd(deps, ended);
  return true;
};

/** The wait counts from when this attempt was queued. Those in the background wait for as long as people ask. */
const isExpired = (
  deps: WorkerDeps,
  { status, queuedAt, isBackground }: Pick<UnfinishedGeneration, 'status' | 'queuedAt' | 'isBackground'>,
): boolean =>
  status === 'QUEUED' && !isBackground && deps.clock().getTime() - queuedAt.getTime() > deps.queueTtlMs;

/** Fails expired generations while there is no engine: the worker takes no jobs then, so it wouldn't notice them. */
const keepExpiring = (deps: WorkerDeps): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;

  const run = async () => {
    while (!signal.aborted) {
      try {
        const unfinished = deps.engine.slots < 1 ? await deps.generations.unfinishedAnyOwner() : [];
        for (const generation of unfinished) {
          if (!isExpired(deps, generation)) continue;
          await failIfExpired(deps, await deps.generations.findAnyOwner(generation.id));
        }
      } catch (error) {
        deps.log.debug({ err: error }, 'queue: expired generations not ended, retrying');
      }
      await sleep(expireIntervalMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };

  const running = run();
  return () => {
    stopped.abort();
    return running;
  };
};
