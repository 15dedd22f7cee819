import { setTimeout as sleep } from 'node:timers/promises';
import { subscribeWithRetry } from '../../realtime/subscribeWithRetry.ts';
import type { AnswerSource } from '../answerSource.ts';
import type { ExtraSlots, IsHeld, Job } from '../queue/queue.ts';
import { cancelRequested } from '../topics.ts';
import { createOwnership, type Ownership } from './claim.ts';
import { withSharedAppends } from './output/sharedAppends.ts';
import { type RunDeps, runGeneration } from './run.ts';
import { Stopped } from './stopped.ts';
import { createDecisionWaits } from './tools/decisionWaits.ts';
import { createEngineUse, type EngineUse } from './tools/engineUse.ts';
import { watchPeople } from './tools/queuedPeople.ts';

/** The generations that this process runs. Each can be cancelled from any replica. */
export interface ActiveRuns {
  /**
   * Runs a generation to its end, and retries while the store is unavailable. `source` defaults to the engine. `isHeld`
   * tells whether this process still has the queue's lock on the job. `mayBegin` is called once the run has a slot: false
   * ends it. Never rejects.
   */
  run(job: Job, source?: AnswerSource, isHeld?: IsHeld, mayBegin?: () => Promise<boolean>): Promise<void>;
  /** The number of those that need no engine at the moment: they run slow tools, or wait for the user. */
  idleCount(): number;
  /** The number of generations that run now, without those in the background. */
  peopleCount(): number;
  readonly extraSlots: ExtraSlots;
  /**
   * Stops all present and later runs when the signal aborts: hands them over to another replica, or interrupts them if the
   * queue ends with this process. The text so far is kept either way. Runs that wait for a decision or for
   * a slot are stopped at once: nothing is lost.
   */
  drain(signal: AbortSignal): void;
  /** Call it once no run is started any more. Resolves when all have ended. */
  close(): Promise<void>;
}

/** The maximum number of tries of a run while the store is unavailable, and the maximum pause between two, in ms. */
const maxTries = 10;
const maxPauseMs = 3000;

/** Whether the process stops. A cancelled run goes on until its end is stored. */
const isStopping = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && reason instanceof Stopped && reason.why !== 'cancelled';

export const createActiveRuns = (given: RunDeps): ActiveRuns => {
  const people = watchPeople(given.queue, () => engineUse.queueChanged());
  const engineUse: EngineUse = createEngineUse({
    engine: given.engine,
    unreachableMs: given.engineTimeoutMs,
    waits(run) {
      // The last job of a person may have been taken elsewhere: each one in the background would call for another.
      if (run.isBackground) people.forget();
      people.look();
      stopIfDrained(run);
    },
    isPersonQueued: people.areQueued,
  });
  const decisionWaits = createDecisionWaits((run) => stopIfDrained(run));
  const deps: RunDeps = {
    ...given,
    messages: withSharedAppends(given.messages),
    leaveEngine: engineUse.leave,
    decisionWaits,
  };
  /** May have one generation twice, if the queue gives it out again while an earlier run of it still ends. */
  const active = new Set<{
    readonly id: string;
    readonly isBackground: boolean;
    readonly controller: AbortController;
    readonly ended: Promise<void>;
  }>();

  let drained: AbortSignal | null = null;

  const stopped = () => new Stopped(deps.queue.outlivesProcess ? 'handed over' : 'interrupted');
  const stopAll = () => {
    for (const { controller } of active) controller.abort(stopped());
  };
  const stop = (id: string) => {
    for (const one of active) if (one.id === id) one.controller.abort(stopped());
  };

  const stopWaiting = () => {
    for (const { id } of [...decisionWaits.all(), ...engineUse.waiting()]) stop(id);
  };
  const stopIfDrained = ({ id }: { readonly id: string }) => {
    if (drained) stop(id);
  };

  const stopLooking = given.queue.onChange(() => {
    if (engineUse.waiting().length > 0) people.look();
  });

  const stopListening = subscribeWithRetry(deps.bus, cancelRequested, 'all', {
    message({ id }) {
      for (const one of active) if (one.id === id) one.controller.abort(new Stopped('cancelled'));
    },
    // `cancel` waits for the end, and ends the generation itself if no worker has received its message.
    missed: () => {},
  });

  const runWithRetries = async (
    job: Job,
    source: AnswerSource | undefined,
    isHeld: IsHeld | undefined,
    mayBegin: (() => Promise<boolean>) | undefined,
    signal: AbortSignal,
  ): Promise<void> => {
    const ownership = createOwnership(isHeld);
    // Answers of other sources need no engine.
    const leave = source ? null : await engineUse.enter(job, signal);
    try {
      if (leave && isStopping(signal)) return await giveBack(job);
      if (mayBegin && !(await mayBegin())) return;
      await runAndRetry(job, source, ownership, signal);
    } finally {
      leave?.();
    }
  };

  /** Leaves a job that has not begun to another replica, or to the restart of this process. */
  const giveBack = async (job: Job): Promise<void> => {
    // As a takeover, it comes before the jobs that wait, as it did. One in the background goes behind those of people again.
    if (deps.queue.outlivesProcess) await deps.queue.add(job.isBackground ? job : { ...job, takeover: true });
    deps.log.info({ generation: job.id }, 'generation left in the queue');
  };

  const runAndRetry = async (
    job: Job,
    source: AnswerSource | undefined,
    ownership: Ownership,
    signal: AbortSignal,
  ): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        await runGeneration(deps, job, signal, source, ownership);
        return;
      } catch (error) {
        if (tries === maxTries || isStopping(signal)) throw error;
        deps.log.warn({ generation: job.id, err: error }, 'generation: store failed, retrying');
        const pauseMs = maxPauseMs * (0.5 + Math.random() / 2);
        // A cancelled run waits too: its next try ends it.
        if (signal.aborted) await sleep(pauseMs);
        else await sleep(pauseMs, undefined, { signal }).catch(() => {});
      }
    }
  };

  return {
    async run(job, source, isHeld, mayBegin) {
      const controller = new AbortController();
      const ended = runWithRetries(job, source, isHeld, mayBegin, controller.signal).catch((error: unknown) =>
        deps.log.error({ generation: job.id, err: error }, 'generation: end not stored; recovery ends it'),
      );
      const one = { id: job.id, isBackground: job.isBackground ?? false, controller, ended };
      active.add(one);
      if (drained?.aborted) stopAll();
      else if (drained) stopWaiting();
      await ended;
      active.delete(one);
    },
    idleCount: engineUse.idleCount,
    extraSlots: engineUse.extraSlots,
    peopleCount: () => [...active].filter(({ isBackground }) => !isBackground).length,
    drain(signal) {
      drained = signal;
      signal.addEventListener('abort', stopAll);
      if (signal.aborted) stopAll();
      // A person may take minutes to decide, and slots may be long in coming: other replicas can wait for that as well.
      stopWaiting();
    },
    async close() {
      while (active.size > 0) await Promise.all([...active].map(({ ended }) => ended));
      drained?.removeEventListener('abort', stopAll);
      stopLooking();
      await stopListening();
    },
  };
};
