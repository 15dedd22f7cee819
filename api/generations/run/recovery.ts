import { setTimeout as sleep } from 'node:timers/promises';
import { type Generation, isFinal, promptAtEnd, toolUseAtEnd } from '../generation.ts';
import { jobOf } from '../queue/jobOf.ts';
import { type EndWithoutWorkerDeps, endEntry, endWithoutWorker } from './end.ts';
import { type EnqueueLaterDeps, enqueue, enqueueNowOrLater } from './enqueue.ts';
import { finishAbandonedTurn, type TurnsDeps } from './turns.ts';

export interface RecoveryDeps extends EndWithoutWorkerDeps, EnqueueLaterDeps, TurnsDeps {
  readonly clock: () => Date;
}

/** The age at which a turn's writer counts as dead, in ms: writing a turn takes milliseconds. */
const abandonedAfterMs = 30_000;

/** Finishes the turns that began before `before` and whose writers died. */
const finishAbandonedTurns = async (deps: RecoveryDeps, before: Date): Promise<void> => {
  for (;;) {
    const open = await deps.conversations.openTurnsAnyOwner(before);
    for (const { ownerId, conversationId, turn } of open) {
      await finishAbandonedTurn(deps, ownerId, conversationId, turn);
      deps.log.warn({ generation: turn.generationId }, 'recovery: finished a turn whose writer had died');
    }
    if (open.length === 0) return;
  }
};

/**
 * Recovers the generations of an earlier process at startup: running ones become `INTERRUPTED` and keep their saved text,
 * queued ones are enqueued again. For a service that is one process: no other process can be running them.
 */
export const recoverGenerations = async (deps: RecoveryDeps): Promise<void> => {
  await finishAbandonedTurns(deps, deps.clock());
  for (const { id } of await deps.generations.unfinishedAnyOwner()) {
    const generation = await deps.generations.findAnyOwner(id);
    if (!generation || isFinal(generation.status)) continue;
    // The caller of an answer outside of conversations lost its connection when the process ended.
    if (generation.status === 'RUNNING' || generation.prompt) await interrupt(deps, generation);
    else await enqueue(deps, generation);
  }
};

/** The maximum number of attempts of a generation; guards against a prompt that crashes workers. */
const maxAttempts = 20;

/**
 * Recovers what a crash or a lost queue left, while other replicas work: finishes abandoned turns, requeues generations
 * that waited, and has running ones taken over whose worker is dead. Skips what the queue knows, including the followers
 * that it holds. Several replicas may do this at once.
 */
export const requeueOrphans = async (deps: RecoveryDeps): Promise<void> => {
  await finishAbandonedTurns(deps, new Date(deps.clock().getTime() - abandonedAfterMs));
  for await (const generation of findOrphans(deps)) {
    const { id, status, attempt } = generation;
    deps.log.warn({ generation: id, status, attempt }, 'recovery: orphaned generation found');
    if (status === 'QUEUED') await enqueueNowOrLater(deps, generation);
    else if (attempt < maxAttempts) await deps.queue.add({ ...jobOf(generation), takeover: true });
    else await giveUp(deps, generation);
  }
};

/** The number of generations that the queue is asked about at once. */
const batchSize = 200;

async function* findOrphans({
  generations,
  queue,
}: RecoveryDeps): AsyncGenerator<Generation, void, undefined> {
  const unfinished = await generations.unfinishedAnyOwner();
  for (let from = 0; from < unfinished.length; from += batchSize) {
    const batch = unfinished.slice(from, from + batchSize);
    const known = await Promise.all(batch.map(({ id }) => queue.has(id)));
    const unknown = batch.filter((_, index) => !known[index]);
    // Read again: the queue drops a generation after its end is stored, so these may have ended since the first read.
    for (const { id } of unknown) {
      const generation = await generations.findAnyOwner(id);
      if (generation && !isFinal(generation.status)) yield generation;
    }
  }
}

export interface RecoverySchedule {
  readonly intervalMs: number;
  /** Returns whether this replica may recover now, for all replicas. */
  readonly acquireLease: () => Promise<boolean>;
}

/**
 * Requeues orphaned generations now and about every `intervalMs`, whenever this replica gets the lease. The result stops
 * that, and resolves when no recovery is in flight.
 */
export const keepRequeueingOrphans = (
  deps: RecoveryDeps,
  { intervalMs, acquireLease }: RecoverySchedule,
): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;

  const run = async () => {
    while (!signal.aborted) {
      try {
        if (await acquireLease()) await requeueOrphans(deps);
      } catch (error) {
        deps.log.warn({ err: error }, 'recovery: failed, retrying');
      }
      // Jitter, so that the replicas don't all ask for the lease at once.
      const pauseMs = intervalMs * (0.8 + 0.2 * Math.random());
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };

  const running = run();
  return () => {
    stopped.abort();
    return running;
  };
};

const interrupted = ({ clock }: RecoveryDeps, generation: Generation) =>
  ({
    status: 'INTERRUPTED',
    prompt: promptAtEnd(generation),
    ...toolUseAtEnd(generation),
    finishedAt: clock(),
  }) as const;

/** Ends a generation of an earlier process, which is dead: its attempt can't write any more. */
const interrupt = async (deps: RecoveryDeps, generation: Generation): Promise<void> => {
  const { id, status, attempt } = generation;
  const ended = await deps.generations.transition(id, [status], interrupted(deps, generation), attempt);
  if (!ended) return;
  await endEntry(deps, ended);
  deps.log.warn({ generation: id }, 'recovery: generation interrupted by a stop; its text is kept');
};

/** Ends a generation that was taken over too often. Fences its worker out first, which may only have seemed dead. */
const giveUp = async (deps: RecoveryDeps, generation: Generation): Promise<void> => {
  const ended = await endWithoutWorker(deps, generation, interrupted(deps, generation));
  if (ended) {
    deps.log.warn({ generation: ended.id }, 'recovery: generation taken over too often; its text is kept');
  }
};
