import { setTimeout as sleep } from 'node:timers/promises';
import { engineUnavailable } from '../failures.ts';
import type { Job, Queue } from './queue.ts';
import { type RunDeps, runGeneration, Stopped } from './run.ts';
import { cancelRequested } from './topics.ts';

export interface Worker {
  /**
   * Takes no more, gives what runs `drainMs` to end, then interrupts it: the text so far is kept. Resolves when all has
   * ended.
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

/** Takes generations from the queue and runs them, as many side by side as the engine has slots. */
export const startWorker = async (deps: WorkerDeps): Promise<Worker> => {
  const running = new Map<string, AbortController>();

  const stopListening = await deps.bus.subscribe(cancelRequested, 'all', {
    message: ({ id }) => running.get(id)?.abort(new Stopped('cancelled')),
    // A cancel that was lost is asked for again by the person who sees the answer go on.
    missed: () => {},
  });

  const run = async (job: Job) => {
    const { id } = job;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      if (await hasExpired(deps, id)) return;
      await persist(deps, job, controller.signal);
    } catch (error) {
      deps.log.error({ generation: id, err: error }, 'generation could not be ended');
    } finally {
      running.delete(id);
    }
  };

  const drain = deps.queue.work(run, () => deps.engine.slots);

  return {
    async stop(drainMs) {
      const timer = setTimeout(() => {
        for (const controller of running.values()) controller.abort(new Stopped('interrupted'));
      }, drainMs);
      await drain();
      clearTimeout(timer);
      await stopListening();
    },
  };
};

/** A store that is away for a moment costs a generation nothing: it is taken up again where it was. */
const persist = async (deps: WorkerDeps, job: Job, signal: AbortSignal): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
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

/** Ends a generation that waited past its time, and says so. */
const hasExpired = async (deps: WorkerDeps, id: string): Promise<boolean> => {
  const generation = await deps.generations.findAnyOwner(id);
  const waitedMs = generation ? deps.clock().getTime() - generation.createdAt.getTime() : 0;
  if (!generation || waitedMs <= deps.queueTtlMs || generation.attempt > 1) return false;
  const { code, message } = engineUnavailable(
    `No engine was free for ${Math.round(deps.queueTtlMs / 1000)} seconds. Try again later.`,
  );
  await deps.generations.transition(id, ['QUEUED'], {
    status: 'FAILED',
    prompt: null,
    error: { code, message },
    finishedAt: deps.clock(),
  });
  await deps.journal.end(id);
  return true;
};
