import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ConversationStore } from '../../conversations/store/store.ts';
import type { MessageStore } from '../../messages/store.ts';
import { type Generation, isFinal } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { Queue } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import { endEntry, endWithoutWorker } from './end.ts';
import { enqueue } from './enqueue.ts';
import { settleTurn } from './turns.ts';

export interface RecoverDeps {
  readonly generations: GenerationStore;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** A turn this old, in ms, has lost its writer: writing one takes milliseconds. */
const abandonedAfterMs = 30_000;

/** Ends the turns that began before `before` and whose writers died. */
const settleTurns = async (deps: RecoverDeps, before: Date): Promise<void> => {
  for (;;) {
    const open = await deps.conversations.openTurnsAnyOwner(before);
    for (const { ownerId, conversationId, turn } of open) {
      await settleTurn(deps, ownerId, conversationId, turn);
      deps.log.warn({ generation: turn.generationId }, 'recovery: settled a turn whose writer had died');
    }
    if (open.length === 0) return;
  }
};

/**
 * What a start does about what an earlier process left: what ran is `INTERRUPTED`, with the text that was saved; what
 * waited is put in the queue again, and its conversation shows it. For a service that is one process: nobody else can
 * be running any of it.
 */
export const recoverGenerations = async (deps: RecoverDeps): Promise<void> => {
  await settleTurns(deps, deps.clock());
  for (const generation of await deps.generations.unfinishedAnyOwner()) {
    // Who asked outside of conversations is gone with the process that it was connected to.
    if (generation.status === 'RUNNING' || generation.prompt) await interrupt(deps, generation);
    else await enqueue(deps, generation);
  }
};

/** As often may a generation be taken over before it is left as it is: something in it may be what ends workers. */
const maxAttempts = 20;

/**
 * Finishes what a crash or a lost queue leaves, while other replicas work: settles abandoned turns, requeues generations
 * that waited, and has running ones taken over that no living replica has. What the queue has is left alone, followers
 * that it holds too. All of it may be done twice, by several replicas at once.
 */
export const requeueOrphans = async (deps: RecoverDeps): Promise<void> => {
  await settleTurns(deps, new Date(deps.clock().getTime() - abandonedAfterMs));
  for (const generation of await unknownToQueue(deps)) {
    const { id, ownerId, status, attempt } = generation;
    if (status === 'QUEUED') await enqueue(deps, generation);
    else if (attempt < maxAttempts) await deps.queue.add({ id, ownerId, takeover: true });
    else await giveUp(deps, generation);
    deps.log.warn({ generation: id, status, attempt }, 'generation taken up that the queue did not know');
  }
};

/** How many are asked for at a time. */
const batch = 200;

const unknownToQueue = async ({ generations, queue }: RecoverDeps): Promise<readonly Generation[]> => {
  const unfinished = await generations.unfinishedAnyOwner();
  const unknown: Generation[] = [];
  for (let from = 0; from < unfinished.length; from += batch) {
    const some = unfinished.slice(from, from + batch);
    const known = await Promise.all(some.map(({ id }) => queue.has(id)));
    const ids = some.filter((_, index) => !known[index]).map(({ id }) => id);
    // The queue forgets one only after its end is stored: so what was unfinished before is read again.
    for (const id of ids) {
      const generation = await generations.findAnyOwner(id);
      if (generation && !isFinal(generation.status)) unknown.push(generation);
    }
  }
  return unknown;
};

/**
 * Takes up what was left at once and every `everyMs` milliseconds, where `isOurs` says that it is this replica's to do.
 * The result stops that, and resolves when nothing is under way.
 */
export const keepTakingUp = (
  deps: RecoverDeps,
  { everyMs, isOurs }: { readonly everyMs: number; readonly isOurs: () => Promise<boolean> },
): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;

  const keep = async () => {
    while (!signal.aborted) {
      try {
        if (await isOurs()) await requeueOrphans(deps);
      } catch (error) {
        deps.log.warn({ err: error }, 'what was left could not be taken up; trying again');
      }
      // A little less than the others at random, so that they don't all ask at once.
      const pause = everyMs * (0.8 + 0.2 * Math.random());
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
    }
  };

  const kept = keep();
  return () => {
    stopped.abort();
    return kept;
  };
};

const interrupted = ({ clock }: RecoverDeps) =>
  ({ status: 'INTERRUPTED', prompt: null, finishedAt: clock() }) as const;

/** Ends what an earlier process left: it is gone, so nothing of its attempt is written any more. */
const interrupt = async (deps: RecoverDeps, { id, status, attempt }: Generation): Promise<void> => {
  const ended = await deps.generations.transition(id, [status], interrupted(deps), attempt);
  if (!ended) return;
  await endEntry(deps, ended);
  deps.log.warn({ generation: id }, 'generation interrupted by a stop; its text is kept');
};

/** Ends what was taken over too often. A worker that only seemed dead may still write: it is fenced out first. */
const giveUp = async (deps: RecoverDeps, generation: Generation): Promise<void> => {
  const ended = await endWithoutWorker(deps, generation, interrupted(deps));
  if (ended) deps.log.warn({ generation: ended.id }, 'generation taken over too often; its text is kept');
};
