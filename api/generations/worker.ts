import { engineUnavailable } from '../failures.ts';
import type { Queue } from './queue.ts';
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

/** Takes generations from the queue and runs them, as many side by side as the engine has slots. */
export const startWorker = async (deps: WorkerDeps): Promise<Worker> => {
  const running = new Map<string, AbortController>();

  const stopListening = await deps.bus.subscribe(cancelRequested, 'all', {
    message: ({ id }) => running.get(id)?.abort(new Stopped('cancelled')),
    // A cancel that was lost is asked for again by the person who sees the answer go on.
    missed: () => {},
  });

  const run = async (id: string) => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      if (await hasExpired(deps, id)) return;
      await runGeneration(deps, id, controller.signal);
    } catch (error) {
      deps.log.error({ generation: id, err: error }, 'generation could not be ended');
    } finally {
      running.delete(id);
    }
  };

  const drain = deps.queue.work(
    ({ id }) => run(id),
    () => deps.engine.slots,
  );

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
    error: { code, message },
    finishedAt: deps.clock(),
  });
  await deps.journal.end(id);
  return true;
};
