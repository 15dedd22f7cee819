import type { Logger } from 'pino';
import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import type { ConversationStore } from '../conversations/store/store.ts';
import { Failure, isUnavailable, notFound } from '../errors/failures.ts';
import type { Message } from '../messages/message.ts';
import type { MessageStore } from '../messages/store.ts';
import type { Bus } from '../realtime/bus.ts';
import { type Generation, isFinal } from './generation.ts';
import { encodeCursor } from './journal/cursor.ts';
import type { Journal } from './journal/journal.ts';
import type { Queue } from './queue/queue.ts';
import type { Admission } from './request/admission.ts';
import { completeEnd, endWithoutWorker } from './run/end.ts';
import { enqueue } from './run/enqueue.ts';
import { requeueWhenBack } from './run/requeue.ts';
import type { GenerationStore } from './store/store.ts';
import { cancelRequested } from './topics.ts';
import { storedText } from './watch/storedText.ts';
import { type GenerationEvent, watchGeneration } from './watch/watch.ts';

export interface LifecycleDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly bus: Bus;
  readonly admission: Admission;
  readonly conversations: ConversationStore;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** What has arrived so far, and the cursor of its end. */
export interface SoFar {
  readonly text: string;
  readonly thinking: string;
  readonly cursor: number;
}

export type LoadMessage = (id: string) => Promise<Message | null>;

/** Whose generation it is: the viewer, or a user who is being deleted. */
export type Owner = { readonly user: Pick<Viewer['user'], 'id'> };

export interface Lifecycle {
  /** Its place in the queue, 1 is next; null unless it waits. */
  queuePosition(generation: Pick<Generation, 'id' | 'status'>): Promise<number | null>;
  /** `load` reads the message; a caller that reads many at once passes its loader. */
  soFar(generation: Generation, load?: LoadMessage): Promise<SoFar>;
  /** Ends it, wherever it is; the text so far is kept. What is final already stays as it is. */
  cancel(owner: Owner, id: string): Promise<Generation>;
  /** Takes it up again, from its text where engine and model can, else from the start. Throws `CONFLICT` where it can't. */
  continue(viewer: Viewer, id: string): Promise<Generation>;
  watch(
    viewer: Viewer,
    request: { readonly id: string; readonly after: number },
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, undefined>;
}

/** How long `cancel` waits for the worker to end the generation, in milliseconds. */
const cancelWaitMs = 2000;
/** How many times `cancel` looks at a generation that changes hands meanwhile. */
const maxCancelRounds = 4;

/** Whether it ended short of its end, so that going on makes sense. */
export const isUnfinished = ({ status, finishReason }: Generation): boolean =>
  status === 'INTERRUPTED' ||
  status === 'CANCELLED' ||
  status === 'FAILED' ||
  (status === 'COMPLETED' && finishReason === 'LENGTH');

/** Journal and queue may be away: then an answer is read as far as the store has it, and its place is not known. */
const orNull = async <Answer>(answer: Promise<Answer | null>): Promise<Answer | null> => {
  try {
    return await answer;
  } catch (error) {
    if (isUnavailable(error)) return null;
    throw error;
  }
};

export const createLifecycle = (deps: LifecycleDeps): Lifecycle => {
  const { generations, journal, queue } = deps;

  const find = async ({ user }: Owner, id: string): Promise<Generation> => {
    const generation = await generations.find(user.id, id);
    if (!generation) throw notFound('generation');
    return generation;
  };

  /** Listens, then calls `request`. Returns whether `attempt`, or a higher one, ends within a while. */
  const endsAfter = async (id: string, attempt: number, request: () => Promise<void>): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const stop = await journal.listen(id, {
      delta: () => {},
      changed: () => {},
      ended: (which) => which >= attempt && resolve(true),
    });
    let timer: NodeJS.Timeout | undefined;
    try {
      await request();
      timer = setTimeout(() => resolve(false), cancelWaitMs);
      return await promise;
    } finally {
      clearTimeout(timer);
      await stop();
    }
  };

  const soFar = async (generation: Generation, load?: LoadMessage): Promise<SoFar> => {
    const entry = isFinal(generation.status) ? null : await orNull(journal.read(generation.id));
    // Read after the generation was: a text read before it might be of a moment before its end.
    const find = (ownerId: string, id: string) => (load ? load(id) : deps.messages.find(ownerId, id));
    const { attempt, text } = entry ?? (await storedText(generation, find));
    const thinking = entry?.thinking ?? generation.thinking ?? '';
    return { text, thinking, cursor: encodeCursor({ attempt, offset: text.length }) };
  };

  return {
    queuePosition: async ({ id, status }) => (status === 'QUEUED' ? orNull(queue.position(id)) : null),

    soFar,

    async cancel(owner, id) {
      for (let round = 1; ; round += 1) {
        const generation = await find(owner, id);
        if (isFinal(generation.status) || round > maxCancelRounds) return generation;
        const patch = { status: 'CANCELLED', prompt: null, finishedAt: deps.clock() } as const;
        if (generation.status === 'QUEUED') {
          const cancelled = await generations.transition(id, ['QUEUED'], patch, generation.attempt);
          if (!cancelled) continue;
          await completeEnd(deps, cancelled);
          return cancelled;
        }
        const request = () => deps.bus.publish(cancelRequested, 'all', { id });
        const hasEnded = await endsAfter(id, generation.attempt, request);
        const left = await find(owner, id);
        // Where it ended and isn't final, it was continued since.
        if (isFinal(left.status) || hasEnded) return left;
        const ended = left.status === 'RUNNING' ? await endWithoutWorker(deps, left, patch) : null;
        if (ended) return ended;
      }
    },

    async continue(viewer, id) {
      demand(viewer, 'generate');
      const generation = await find(viewer, id);
      if (generation.messageId === null) {
        throw new Failure(
          'CONFLICT',
          'This answer belongs to no conversation: its text is not kept. Ask again.',
        );
      }
      if (!isUnfinished(generation)) {
        const message = isFinal(generation.status)
          ? 'This answer is complete. Use regenerate for another one.'
          : 'This answer is still being made.';
        throw new Failure('CONFLICT', message);
      }
      const attempt = generation.attempt + 1;
      const { maxTokens = null } = generation.options;
      // What its prompt takes is known once it runs: then it is reserved.
      const again = await deps.admission.admit(viewer, { id, attempt, promptTokens: 0, maxTokens }, () =>
        generations.transition(
          id,
          [generation.status],
          {
            status: 'QUEUED',
            attempt,
            finishReason: null,
            toolCalls: null,
            error: null,
            queuedAt: deps.clock(),
            startedAt: null,
            finishedAt: null,
          },
          generation.attempt,
        ),
      );
      if (!again) throw new Failure('CONFLICT', 'This answer was continued a moment ago. Follow it.');
      try {
        await enqueue(deps, again);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        deps.log.warn({ generation: id, err: error }, 'generation not queued again; trying again');
        void requeueWhenBack(deps, again);
      }
      return again;
    },

    watch: ({ user }, { id, after }, signal) =>
      watchGeneration(deps, { ownerId: user.id, id, after }, signal),
  };
};
