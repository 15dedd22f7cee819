import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { Failure, forbidden, isUnavailable, notFound } from '../errors/failures.ts';
import type { Message } from '../messages/message.ts';
import type { Bus } from '../realtime/bus.ts';
import { isByTool, type Tools } from '../tools/service.ts';
import type { ToolUse } from '../tools/toolCall.ts';
import { type Generation, isFinal, maxContinuedAttempts, promptAtEnd, toolUseAtEnd } from './generation.ts';
import { encodeCursor } from './journal/cursor.ts';
import type { Admission } from './request/admission.ts';
import { completeEnd, type EndWithoutWorkerDeps, endWithoutWorker, notifyOwner } from './run/end.ts';
import { type EnqueueLaterDeps, enqueueNowOrLater } from './run/enqueue.ts';
import { cancelRequested } from './topics.ts';
import { storedText } from './watch/storedText.ts';
import { type GenerationEvent, type SendEvent, type WatchDeps, watchGeneration } from './watch/watch.ts';

export interface LifecycleDeps extends EndWithoutWorkerDeps, EnqueueLaterDeps, WatchDeps {
  readonly bus: Bus;
  readonly admission: Pick<Admission, 'admit'>;
  readonly tools: Pick<Tools, 'find'>;
  readonly clock: () => Date;
}

/** The text so far, and the cursor of its end. */
export interface CurrentText {
  readonly text: string;
  readonly thinking: string;
  readonly cursor: number;
}

export type LoadMessage = (id: string) => Promise<Message | null>;

/** The owner of a generation: the viewer, or a user who is being deleted. */
export type Owner = { readonly user: Pick<Viewer['user'], 'id'> };

export interface Lifecycle {
  /** Returns the position in the queue, 1 is next; null unless the generation is queued. */
  queuePosition(generation: Pick<Generation, 'id' | 'status'>): Promise<number | null>;
  /** Returns the text so far. `load` reads the message: a caller that reads many at once passes its loader. */
  currentText(generation: Generation, load?: LoadMessage): Promise<CurrentText>;
  /** Cancels a queued or running generation, and keeps the text so far. Does nothing if it is final. Throws `NOT_FOUND`. */
  cancel(owner: Owner, id: string): Promise<Generation>;
  /**
   * Continues an incomplete answer from its text, or restarts it if engine or model can't. Throws `CONFLICT` if it is
   * complete or in progress, `FORBIDDEN` if the viewer may not use one of its tools, and `NOT_FOUND`.
   */
  continue(viewer: Viewer, id: string): Promise<Generation>;
  /**
   * Yields the events of a generation from the cursor `after` until it is final, except those that `send` sends. Throws
   * `NOT_FOUND`.
   */
  watch(
    viewer: Viewer,
    request: { readonly id: string; readonly after: number },
    signal: AbortSignal,
    send?: SendEvent,
  ): AsyncGenerator<GenerationEvent, void, undefined>;
}

/** The time that `cancel` waits for the worker to end the generation, in ms. */
const cancelTimeoutMs = 2000;
/** The maximum number of times that `cancel` tries again because another writer changed the generation. */
const maxCancelRounds = 4;

/** Whether the generation has ended with an incomplete answer, which can be continued. */
export const isUnfinished = ({ status, finishReason }: Generation): boolean =>
  status === 'INTERRUPTED' ||
  status === 'CANCELLED' ||
  status === 'FAILED' ||
  (status === 'COMPLETED' && finishReason === 'LENGTH');

/** Null if journal or queue is unavailable: then the stored text is returned, and no queue position. */
const orNull = async <Result>(result: Promise<Result | null>): Promise<Result | null> => {
  try {
    return await result;
  } catch (error) {
    if (isUnavailable(error)) return null;
    throw error;
  }
};

/** Returns the tools of an answer that the viewer continues. Throws `FORBIDDEN`. */
const toolUseContinued = (
  { tools }: Pick<LifecycleDeps, 'tools'>,
  viewer: Viewer,
  { toolUse }: Generation,
): ToolUse | undefined => {
  if (!toolUse) return undefined;
  if (isByTool(viewer) && toolUse.names.length > 0) {
    throw forbidden('A tool can not continue an answer that uses tools. The user can, in the app.');
  }
  for (const name of toolUse.names) {
    if (tools.find(viewer, name)) continue;
    throw forbidden(
      `You may no longer use the tool "${name}" of this answer. Regenerate the answer without it.`,
    );
  }
  return {
    ...toolUse,
    // The scopes of an API key limit the calls that it causes, and the user sees which key that is.
    apiKeyId: viewer.apiKey?.id ?? toolUse.apiKeyId,
  };
};

export const createLifecycle = (deps: LifecycleDeps): Lifecycle => {
  const { generations, journal, queue } = deps;

  const find = async ({ user }: Owner, id: string): Promise<Generation> => {
    const generation = await generations.find(user.id, id);
    if (!generation) throw notFound('generation');
    return generation;
  };

  /** Subscribes, then calls `request`. Returns whether `attempt` or a higher one ends before the timeout. */
  const endsAfter = async (id: string, attempt: number, request: () => Promise<void>): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const stop = await journal.listen(id, {
      delta: () => {},
      changed: () => {},
      ended: (endedAttempt) => endedAttempt >= attempt && resolve(true),
    });
    let timer: NodeJS.Timeout | undefined;
    try {
      await request();
      timer = setTimeout(() => resolve(false), cancelTimeoutMs);
      return await promise;
    } finally {
      clearTimeout(timer);
      await stop();
    }
  };

  const currentText = async (generation: Generation, load?: LoadMessage): Promise<CurrentText> => {
    const entry = isFinal(generation.status) ? null : await orNull(journal.read(generation.id));
    // Reads the message after the generation: a text read before might lack the end.
    const find = (ownerId: string, id: string) => (load ? load(id) : deps.messages.find(ownerId, id));
    const { attempt, text } = entry ?? (await storedText(generation, find));
    const thinking = entry?.thinking ?? generation.thinking ?? '';
    return { text, thinking, cursor: encodeCursor({ attempt, offset: text.length }) };
  };

  return {
    queuePosition: async ({ id, status }) => (status === 'QUEUED' ? orNull(queue.position(id)) : null),

    currentText,

    async cancel(owner, id) {
      for (let round = 1; ; round += 1) {
        const generation = await find(owner, id);
        // The reply to an earlier cancel may have been lost before its readers were told.
        if (generation.status === 'CANCELLED') await completeEnd(deps, generation);
        if (isFinal(generation.status) || round > maxCancelRounds) return generation;
        const prompt = promptAtEnd(generation);
        const patch = {
          status: 'CANCELLED',
          prompt,
          ...toolUseAtEnd(generation),
          finishedAt: deps.clock(),
        } as const;
        if (generation.status === 'QUEUED') {
          const cancelled = await generations.transition(id, ['QUEUED'], patch, generation.attempt);
          if (!cancelled) continue;
          await completeEnd(deps, cancelled);
          return cancelled;
        }
        const request = () => deps.bus.publish(cancelRequested, 'all', { id });
        const hasEnded = await endsAfter(id, generation.attempt, request);
        const current = await find(owner, id);
        // If it has ended but isn't final, it was continued since.
        if (isFinal(current.status) || hasEnded) return current;
        const ended = current.status === 'RUNNING' ? await endWithoutWorker(deps, current, patch) : null;
        if (ended) return ended;
      }
    },

    async continue(viewer, id) {
      demand(viewer, 'generate');
      const generation = await find(viewer, id);
      if (generation.messageId === null) {
        throw new Failure(
          'CONFLICT',
          'This answer is not part of a conversation, so its text is not stored. Send the request again.',
        );
      }
      if (!isUnfinished(generation)) {
        const message = isFinal(generation.status)
          ? 'This answer is complete. Use regenerate to get another one.'
          : 'This answer is still in progress.';
        throw new Failure('CONFLICT', message);
      }
      const attempt = generation.attempt + 1;
      const toolUse = toolUseContinued(deps, viewer, generation);
      const continuedAttempts = [...(generation.continuedAttempts ?? []), generation.attempt];
      const { maxTokens = null } = generation.options;
      // The tokens of its prompt are reserved when it runs, because only then are they known.
      const queued = await deps.admission.admit(viewer, { id, attempt, promptTokens: 0, maxTokens }, () =>
        generations.transition(
          id,
          [generation.status],
          {
            status: 'QUEUED',
            attempt,
            continuedAttempts: continuedAttempts.slice(-maxContinuedAttempts),
            ...(toolUse && { toolUse }),
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
      if (!queued) throw new Failure('CONFLICT', 'This answer has just been continued. Watch it instead.');
      await enqueueNowOrLater(deps, queued);
      await notifyOwner(deps, queued);
      return queued;
    },

    watch: ({ user }, { id, after }, signal, send) =>
      watchGeneration(deps, { ownerId: user.id, id, after }, signal, send),
  };
};
