import { setTimeout as sleep } from 'node:timers/promises';
import { keepListening } from '../../realtime/keepListening.ts';
import type { IsHeld, Job } from '../queue/queue.ts';
import { cancelRequested } from '../topics.ts';
import { createTenure } from './claim.ts';
import { type AnswerSource, type RunDeps, runGeneration, Stopped } from './run.ts';

/** The generations that run in this process, from whatever source, each of which can be cancelled from anywhere. */
export interface Runs {
  /**
   * Runs one to its end. A store that is away for a moment costs it nothing. `isHeld` tells whether a job of the queue is
   * still this process's. Never rejects.
   */
  run(job: Job, source?: AnswerSource, isHeld?: IsHeld): Promise<void>;
  /**
   * Gives what runs, or will yet, until the signal aborts, then hands it over to another replica, or interrupts it where
   * the queue ends with this process: the text so far is kept either way.
   */
  drain(signal: AbortSignal): void;
  /** Once nothing is begun any more. Resolves when all has ended. */
  close(): Promise<void>;
}

/** How often a generation is begun whose store is away, and how long the pauses between are at most, in milliseconds. */
const maxTries = 10;
const maxPauseMs = 3000;

/** Whether the process stops. A cancelled run goes on until its end is stored. */
const isStopping = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && reason instanceof Stopped && reason.why !== 'cancelled';

export const createRuns = (deps: RunDeps): Runs => {
  /** More than one of a generation, should a queue give it out again while a run of it still ends. */
  const running = new Set<{
    readonly id: string;
    readonly controller: AbortController;
    readonly ended: Promise<void>;
  }>();

  let drained: AbortSignal | null = null;

  const stop = () => {
    const why = deps.queue.outlivesProcess ? 'handed over' : 'interrupted';
    for (const { controller } of running) controller.abort(new Stopped(why));
  };

  const stopListening = keepListening(deps.bus, cancelRequested, 'all', {
    message({ id }) {
      for (const one of running) if (one.id === id) one.controller.abort(new Stopped('cancelled'));
    },
    // Whoever asks for a cancel waits for it, and sees to it where nobody heard.
    missed: () => {},
  });

  const persist = async (
    job: Job,
    source: AnswerSource | undefined,
    isHeld: IsHeld | undefined,
    signal: AbortSignal,
  ): Promise<void> => {
    const tenure = createTenure(isHeld);
    for (let tries = 1; ; tries += 1) {
      try {
        await runGeneration(deps, job, signal, source, tenure);
        return;
      } catch (error) {
        if (tries === maxTries || isStopping(signal)) throw error;
        deps.log.warn(
          { generation: job.id, err: error },
          'generation taken up again after a failure of the store',
        );
        const pauseMs = maxPauseMs * (0.5 + Math.random() / 2);
        // A run that was cancelled before waits as well, since its next try ends it.
        if (signal.aborted) await sleep(pauseMs);
        else await sleep(pauseMs, undefined, { signal }).catch(() => {});
      }
    }
  };

  return {
    async run(job, source, isHeld) {
      const controller = new AbortController();
      const ended = persist(job, source, isHeld, controller.signal).catch((error: unknown) =>
        deps.log.error({ generation: job.id, err: error }, 'generation could not be ended'),
      );
      const one = { id: job.id, controller, ended };
      running.add(one);
      if (drained?.aborted) stop();
      await ended;
      running.delete(one);
    },
    drain(signal) {
      drained = signal;
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
    },
    async close() {
      while (running.size > 0) await Promise.all([...running].map(({ ended }) => ended));
      drained?.removeEventListener('abort', stop);
      await stopListening();
    },
  };
};
