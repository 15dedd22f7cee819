import { demand } from '../accounts/permissions.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { Failure, notFound } from '../failures.ts';
import type { Message } from '../messages/message.ts';
import type { MessageStore } from '../messages/store.ts';
import type { Bus } from '../realtime/bus.ts';
import { isAway } from '../realtime/patiently.ts';
import type { Admission } from './admission.ts';
import { encodePlace } from './cursor.ts';
import { type Generation, isFinal } from './generation.ts';
import { createInbox } from './inbox.ts';
import type { Journal } from './journal.ts';
import type { Queue } from './queue.ts';
import type { GenerationStore } from './store.ts';
import { storedText } from './storedText.ts';
import { cancelRequested } from './topics.ts';
import { type GenerationEvent, watchGeneration } from './watch.ts';

export interface LifecycleDeps {
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly bus: Bus;
  readonly admission: Admission;
  readonly clock: () => Date;
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

/** How long `cancel` waits to see the end that it asked for, in milliseconds. */
const cancelWaitMs = 2000;

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
    if (isAway(error)) return null;
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

  /** Resolves when it has ended, or after a while. */
  const ended = async (id: string): Promise<() => Promise<void>> => {
    const inbox = createInbox();
    const stop = await journal.listen(id, inbox);
    return async () => {
      const signal = AbortSignal.timeout(cancelWaitMs);
      try {
        while ((await inbox.take(signal)).type !== 'ended');
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        await stop();
      }
    };
  };

  const soFar = async (generation: Generation, load?: LoadMessage): Promise<SoFar> => {
    const entry = isFinal(generation.status) ? null : await orNull(journal.read(generation.id));
    // Read after the generation was: a text read before it might be of a moment before its end.
    const find = (ownerId: string, id: string) => (load ? load(id) : deps.messages.find(ownerId, id));
    const text = entry?.text ?? (await storedText(generation, find));
    const thinking = entry?.thinking ?? generation.thinking ?? '';
    const attempt = entry?.attempt ?? generation.attempt;
    return { text, thinking, cursor: encodePlace({ attempt, offset: text.length }) };
  };

  /** Its worker is dead, or stuck: nobody must take it up, and what such a worker still sends is refused. */
  const endForWorker = async (generation: Generation): Promise<Generation> => {
    const { id, ownerId, messageId, attempt } = generation;
    const { text, thinking } = await soFar(generation);
    if (messageId !== null) await deps.messages.setContent(ownerId, messageId, text);
    const ended = await generations.transition(
      id,
      ['RUNNING', 'QUEUED'],
      {
        status: 'CANCELLED',
        prompt: null,
        thinking: thinking === '' || messageId === null ? null : thinking,
        finishedAt: deps.clock(),
      },
      attempt,
    );
    await queue.remove(id);
    await journal.end(id);
    return ended ?? (await generations.find(ownerId, id)) ?? generation;
  };

  return {
    queuePosition: async ({ id, status }) => (status === 'QUEUED' ? orNull(queue.position(id)) : null),

    soFar,

    async cancel(viewer, id) {
      const generation = await find(viewer, id);
      if (isFinal(generation.status)) return generation;
      const patch = { status: 'CANCELLED', prompt: null, finishedAt: deps.clock() } as const;
      const waited = await generations.transition(id, ['QUEUED'], patch);
      if (waited) {
        await queue.remove(id);
        await journal.end(id);
        return waited;
      }
      const end = await ended(id);
      await deps.bus.publish(cancelRequested, 'all', { id });
      await end();
      const left = await find(viewer, id);
      return isFinal(left.status) ? left : endForWorker(left);
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
        generations.transition(id, [generation.status], {
          status: 'QUEUED',
          attempt,
          finishReason: null,
          toolCalls: null,
          error: null,
          startedAt: null,
          finishedAt: null,
        }),
      );
      if (!again) throw new Failure('CONFLICT', 'This answer was taken up a moment ago.');
      const { text, thinking } = await soFar(again);
      await journal.begin(id, { attempt, status: 'QUEUED', text, thinking });
      await queue.add({ id, ownerId: generation.ownerId });
      return again;
    },

    watch: ({ user }, { id, after }, signal) =>
      watchGeneration(deps, { ownerId: user.id, id, after }, signal),
  };
};
