import { setTimeout as sleep } from 'node:timers/promises';
import { engineUnavailable } from '../failures.ts';
import { keepListening } from '../realtime/keepListening.ts';
import type { Generation } from './generation.ts';
import type { Job, Queue } from './queue.ts';
import { type RunDeps, runGeneration, Stopped } from './run.ts';
import { cancelRequested } from './topics.ts';

export interface Worker {
  /**
   * Takes no more, gives what runs `drainMs` to end, then hands it over to another replica, or interrupts it where the
   * queue ends with this process: the text so far is kept either way. Resolves when all has ended.
   */
  stop(drainMs: number): Promise<void>;
}

export interface WorkerDeps extends RunDeps {
  readonly queue: Queue;
  /** How long a generation may wait before it fails instead of running, in milliseconds. */
  readonly queueTtlMs: number;
}

/** How often a generation is begun whose store is away, and how long the pauses between are at most, in milliseconds. */
const mostTries = 10;
const longestPauseMs = 3000;

/** How often it is looked for what waited past its time, in milliseconds. */
const expireEveryMs = 10_000;

/** Takes generations from the queue and runs them, as many side by side as the engine has slots. */
export const startWorker = (deps: WorkerDeps): Worker => {
  /** More than one of a generation, should a queue give it out again while a run of it still ends. */
  const running = new Set<{ readonly id: string; readonly controller: AbortController }>();

  const stopListening = keepListening(deps.bus, cancelRequested, 'all', {
    message({ id }) {
      for (const one of running) if (one.id === id) one.controller.abort(new Stopped('cancelled'));
    },
    // Whoever asks for a cancel waits for it, and sees to it where nobody heard.
    missed: () => {},
  });

  const run = async (job: Job) => {
    const { id } = job;
    const controller = new AbortController();
    const one = { id, controller };
    running.add(one);
    try {
      await persist(deps, job, controller.signal);
    } catch (error) {
      deps.log.error({ generation: id, err: error }, 'generation could not be ended');
    } finally {
      running.delete(one);
    }
  };

  const drain = deps.queue.work(run, () => deps.engine.slots);
  const stopExpiring = keepExpiring(deps);

  return {
    async stop(drainMs) {
      const why = deps.queue.outlivesProcess ? 'handed over' : 'interrupted';
      const timer = setTimeout(() => {
        for (const { controller } of running) controller.abort(new Stopped(why));
      }, drainMs);
      await drain();
      clearTimeout(timer);
      await stopListening();
      await stopExpiring();
    },
  };
};

/** A store that is away for a moment costs a generation nothing: it is taken up again where it was. */
const persist = async (deps: WorkerDeps, job: Job, signal: AbortSignal): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      if (await expire(deps, await deps.generations.findAnyOwner(job.id))) return;
      await runGeneration(deps, tries === 1 ? job : { ...job, takeover: true }, signal);
      return;
    } catch (error) {
      if (tries === mostTries || signal.aborted) throw error;
      deps.log.warn(
        { generation: job.id, err: error },
        'generation taken up again after a failure of the store',
      );
      await sleep(longestPauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
    }
  }
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
  if (!(await deps.generations.transition(generation.id, ['QUEUED'], patch))) return false;
  await deps.queue.remove(generation.id);
  await deps.journal.end(generation.id);
  return true;
};

const isPastItsTime = (deps: WorkerDeps, { status, attempt, createdAt }: Generation): boolean =>
  status === 'QUEUED' && attempt === 1 && deps.clock().getTime() - createdAt.getTime() > deps.queueTtlMs;

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
